//! The catalogue as data: reading and checking it. What is in it stands in the TOML file.

use super::{Accommodation, ChallengeClass};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A randomised part of an instruction: `{name}` in the text stands for one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub values: Vec<String>,
}

/// One challenge of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Kebab-case, never reused.
    pub id: String,
    pub class: ChallengeClass,
    /// Said to the employee; may hold `{name}` of its parameters.
    pub instruction: String,
    /// Of equal strength, for whoever would rather not or cannot; same placeholders.
    pub alternative: String,
    /// Time to give, in seconds, 10..=120.
    pub seconds: u16,
    /// What the verifier looks for.
    pub look_for: String,
    /// Not drawn for people with one of these.
    #[serde(default)]
    pub not_with: Vec<Accommodation>,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

/// All templates, in order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "challenge")]
    pub templates: Vec<Template>,
}

impl Catalogue {
    /// Reads a catalogue; the error names the line or the template and what would be accepted.
    pub fn parse(text: &str) -> Result<Catalogue, String> {
        let catalogue: Catalogue = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut ids = BTreeSet::new();
        for template in &catalogue.templates {
            template.check().map_err(|e| format!("challenge `{}`: {e}", template.id))?;
            if !ids.insert(&template.id) {
                return Err(format!("challenge `{}` is there twice; ids are unique", template.id));
            }
        }
        Ok(catalogue)
    }

    /// The template with this id.
    pub fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.id == id)
    }
}

impl Template {
    fn check(&self) -> Result<(), String> {
        if !(10..=120).contains(&self.seconds) {
            return Err(format!("`seconds` is {}; 10 to 120 is accepted", self.seconds));
        }
        for parameter in &self.parameters {
            if parameter.values.len() < 2 {
                return Err(format!("parameter `{}` needs at least two values", parameter.name));
            }
        }
        let mut left = format!("{}{}", self.instruction, self.alternative);
        for parameter in &self.parameters {
            let place = format!("{{{}}}", parameter.name);
            if !left.contains(&place) {
                return Err(format!("no text uses `{place}`"));
            }
            left = left.replace(&place, "");
        }
        match left.contains(['{', '}']) {
            true => Err("a `{placeholder}` has no parameter of its name".into()),
            false => Ok(()),
        }
    }
}

/// The catalogue that is built in.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        Catalogue::parse(include_str!("../../data/challenges.toml"))
            .expect("the built-in catalogue is checked by a test")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_sound_and_large_enough() {
        let templates = &catalogue().templates;
        assert!(templates.len() >= 20, "{}", templates.len());
        for class in ChallengeClass::ALL {
            assert!(templates.iter().any(|t| t.class == *class), "{class}");
        }
    }

    #[test]
    fn a_broken_catalogue_is_refused_with_the_place_and_what_would_be_accepted() {
        let good = "[[challenge]]\nid = \"a\"\nclass = \"face\"\ninstruction = \"Do {x}.\"\n\
                    alternative = \"Or this.\"\nseconds = 20\nlook_for = \"It.\"\n\
                    parameters = [{ name = \"x\", values = [\"this\", \"that\"] }]\n";
        assert!(Catalogue::parse(good).is_ok());
        let refused = |from: &str, to: &str| Catalogue::parse(&good.replace(from, to)).unwrap_err();
        assert!(refused("\"face\"", "\"mood\"").contains("is not one of face, audio"));
        assert!(refused("20", "5").contains("10 to 120"));
        assert!(refused("{x}", "it").contains("no text uses `{x}`"));
        assert!(refused("Or this", "Or {y}").contains("placeholder"));
        assert!(refused("look_for", "lookfor").contains("look_for"));
        assert!(Catalogue::parse(&good.repeat(2)).unwrap_err().contains("twice"));
    }
}
