//! The catalogue as data: reading and checking it. What is in it stands in the TOML files; an
//! organisation adds cards of its own in a folder (docs/challenges.md).

use super::{Accommodation, Aid, ChallengeClass, Equipment, SetUp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// A randomised part of an instruction: `{name}` in the text stands for one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub values: Vec<String>,
}

impl Parameter {
    /// The name of a parameter that is said aloud.
    pub const SPOKEN: &str = "word";

    /// Whether its value is said aloud: then it is the same in every language, since the two who
    /// meet may read different ones and have to mean one word.
    pub fn is_spoken(&self) -> bool {
        self.name == Parameter::SPOKEN
    }
}

/// One challenge of the catalogue: a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How the verifier asks for it.
    pub for_verifier: String,
    /// What the verifier looks for.
    pub look_for: String,
    /// Which set-ups it makes hard; at least one.
    pub defeats: Vec<SetUp>,
    /// What must be at hand.
    #[serde(default)]
    pub needs: Vec<Equipment>,
    /// What the service itself adds.
    #[serde(default)]
    pub aid: Option<Aid>,
    /// Not drawn for people with one of these.
    #[serde(default)]
    pub not_with: Vec<Accommodation>,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

impl Template {
    /// The card's name in words: `hand-across-face` reads `Hand across face`.
    pub fn title(id: &str) -> String {
        let words = id.replace(['-', '_'], " ");
        let mut letters = words.chars();
        let first = letters.next().map(char::to_uppercase);
        first.map_or_else(String::new, |first| first.chain(letters).collect())
    }

    /// Everything of it that people read.
    pub fn texts(&self) -> Vec<String> {
        let said = [&self.instruction, &self.alternative, &self.for_verifier, &self.look_for];
        let read = self.parameters.iter().filter(|parameter| !parameter.is_spoken());
        let values = read.flat_map(|parameter| &parameter.values);
        let title = Template::title(&self.id);
        said.into_iter().chain(values).cloned().chain([title]).collect()
    }
}

/// All cards, in order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "challenge")]
    pub templates: Vec<Template>,
}

/// The built-in cards.
impl Default for Catalogue {
    fn default() -> Catalogue {
        catalogue().clone()
    }
}

/// What a card of an organisation's own begins with, so that ids of ours never meet it.
pub const OWN_PREFIX: &str = "own-";

impl Catalogue {
    /// Reads a catalogue; the error names the line or the card and what would be accepted.
    pub fn parse(text: &str) -> Result<Catalogue, String> {
        let catalogue: Catalogue = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut faults = Vec::new();
        for (n, template) in catalogue.templates.iter().enumerate() {
            let name = &template.id;
            faults
                .extend(template.faults().into_iter().map(|e| format!("challenge `{name}`: {e}")));
            if catalogue.templates[..n].iter().any(|earlier| earlier.id == *name) {
                faults.push(format!("challenge `{name}` is there twice; ids are unique"));
            }
        }
        if faults.is_empty() { Ok(catalogue) } else { Err(faults.join("; ")) }
    }

    /// This catalogue and the cards of an organisation's own files, given as name and text.
    ///
    /// # Errors
    /// Every fault, with the file it is in and what would be accepted.
    pub fn with_own(
        mut self,
        files: &[(String, String)],
    ) -> Result<Catalogue, Vec<(String, String)>> {
        let mut faults = Vec::new();
        for (file, text) in files {
            let own = match Catalogue::parse(text) {
                Ok(own) => own,
                Err(fault) => {
                    faults.push((file.clone(), fault));
                    continue;
                }
            };
            for template in own.templates {
                let id = &template.id;
                if !id.starts_with(OWN_PREFIX) {
                    let fault = format!("challenge `{id}`: begin the id with `{OWN_PREFIX}`");
                    faults.push((file.clone(), fault));
                } else if self.template(id).is_some() {
                    let fault = format!("challenge `{id}` stands in another file already");
                    faults.push((file.clone(), fault));
                } else {
                    self.templates.push(template);
                }
            }
        }
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// The card with this id.
    pub fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.id == id)
    }

    /// SHA-256 over the cards as JSON, in order: which catalogue a draw was made from.
    pub fn digest(&self) -> String {
        let bytes = serde_json::to_vec(&self.templates).expect("cards are plain data");
        hex::encode(Sha256::digest(bytes))
    }
}

/// What no task asks for. Compared in lower case with instruction and alternative.
const NEVER_ASKED: [&str; 18] = [
    "passport",
    "identity card",
    "driving licence",
    "social security",
    "religio",
    "politic",
    "anthem",
    "prayer",
    "your family",
    "your child",
    "your partner",
    "health",
    "illness",
    "head scarf",
    "headscarf",
    "turban",
    "your address",
    "your password",
];

impl Template {
    /// Whether it can be asked of somebody with these accommodations.
    pub fn fits(&self, accommodations: &[Accommodation]) -> bool {
        let lacks = self.needs.iter().filter_map(|thing| thing.absent());
        !self.not_with.iter().copied().chain(lacks).any(|flag| accommodations.contains(&flag))
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let is_kebab = !self.id.is_empty()
            && self.id.len() <= 60
            && self.id.split('-').all(|part| {
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            });
        if !is_kebab {
            faults.push("`id` takes small letters, digits and single hyphens, 60 at most".into());
        }
        if !(10..=120).contains(&self.seconds) {
            faults.push(format!("`seconds` is {}; 10 to 120 is accepted", self.seconds));
        }
        for (name, text) in [
            ("instruction", &self.instruction),
            ("alternative", &self.alternative),
            ("for_verifier", &self.for_verifier),
            ("look_for", &self.look_for),
        ] {
            if text.trim().len() < 3 || text.chars().count() > 400 {
                faults.push(format!("`{name}` takes a sentence of 3 to 400 characters"));
            }
        }
        if self.defeats.is_empty() {
            let known: Vec<&str> = SetUp::ALL.iter().map(|s| s.code()).collect();
            faults.push(format!("`defeats` names at least one of {}", known.join(", ")));
        }
        let asked = format!("{} {}", self.instruction, self.alternative).to_lowercase();
        if let Some(word) = NEVER_ASKED.iter().find(|word| asked.contains(**word)) {
            faults.push(format!("a task never asks for `{word}`; ask for something else"));
        }
        if self.aid == Some(Aid::PhoneCode) && !self.needs.contains(&Equipment::SecondDevice) {
            faults.push("`aid = \"phone_code\"` needs `second_device` among `needs`".into());
        }
        faults.extend(self.placeholder_faults());
        faults
    }

    fn placeholder_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut left = format!("{}{}", self.instruction, self.alternative);
        for parameter in &self.parameters {
            let mut values = parameter.values.clone();
            values.sort();
            values.dedup();
            if values.len() < 2 {
                let name = &parameter.name;
                faults.push(format!("parameter `{name}` needs at least two different values"));
            }
            let place = format!("{{{}}}", parameter.name);
            if !left.contains(&place) {
                faults.push(format!("no text uses `{place}`"));
            }
            left = left.replace(&place, "");
        }
        if self.aid == Some(Aid::PhoneCode) {
            for place in [super::PHONE_PAGE, super::PHONE_CODE] {
                if !self.instruction.contains(place) {
                    faults.push(format!("`instruction` must say `{place}`"));
                }
                left = left.replace(place, "");
            }
        }
        if left.contains(['{', '}']) {
            faults.push("a `{placeholder}` has no parameter of its name".into());
        }
        faults
    }
}

/// The catalogue that is built in.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let text = concat!(
            include_str!("../../data/challenges/face.toml"),
            include_str!("../../data/challenges/audio.toml"),
            include_str!("../../data/challenges/scene.toml"),
            include_str!("../../data/challenges/locality.toml"),
            include_str!("../../data/challenges/binding.toml"),
            include_str!("../../data/challenges/knowledge.toml"),
        );
        Catalogue::parse(text).expect("the built-in catalogue is checked by a test")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "[[challenge]]\nid = \"own-a\"\nclass = \"face\"\ninstruction = \"Do {x}.\"\n\
        alternative = \"Or this.\"\nseconds = 20\nfor_verifier = \"Ask.\"\nlook_for = \"It.\"\n\
        defeats = [\"face_swap\"]\n\
        parameters = [{ name = \"x\", values = [\"this\", \"that\"] }]\n";

    #[test]
    fn the_built_in_catalogue_is_sound_and_large_enough() {
        let templates = &catalogue().templates;
        assert!(templates.len() >= 28, "{}", templates.len());
        for class in ChallengeClass::ALL {
            assert!(templates.iter().any(|t| t.class == *class), "{class}");
        }
        for set_up in SetUp::ALL {
            let against = templates.iter().filter(|t| t.defeats.contains(set_up)).count();
            assert!(against >= 3, "{set_up} has {against} tasks against it");
        }
        assert!(templates.iter().all(|t| !t.id.starts_with(OWN_PREFIX)));
    }

    #[test]
    fn a_broken_catalogue_is_refused_with_the_place_and_what_would_be_accepted() {
        assert!(Catalogue::parse(OWN).is_ok());
        let refused = |from: &str, to: &str| Catalogue::parse(&OWN.replace(from, to)).unwrap_err();
        assert!(refused("\"face\"", "\"mood\"").contains("is not one of face, audio"));
        assert!(refused("20", "5").contains("10 to 120"));
        assert!(refused("{x}", "it").contains("no text uses `{x}`"));
        assert!(refused("Or this", "Or {y}").contains("placeholder"));
        assert!(refused("look_for", "lookfor").contains("lookfor"));
        assert!(refused("[\"face_swap\"]", "[]").contains("`defeats` names at least one of"));
        assert!(refused("own-a", "Own A").contains("small letters"));
        assert!(refused("Or this", "Show your passport").contains("never asks for `passport`"));
        assert!(refused("\"that\"", "\"this\"").contains("two different values"));
        assert!(refused("defeats", "aid = \"phone_code\"\ndefeats").contains("second_device"));
        let both = OWN.replace("20", "5").replace("{x}", "it");
        let fault = Catalogue::parse(&both).unwrap_err();
        assert!(fault.contains("10 to 120") && fault.contains("no text uses"), "all at once");
        assert!(Catalogue::parse(&OWN.repeat(2)).unwrap_err().contains("twice"));
    }

    #[test]
    fn an_organisation_adds_cards_of_its_own_beside_ours_and_never_in_their_place() {
        let file = |text: &str| ("reception.toml".to_owned(), text.to_owned());
        let all = catalogue().clone().with_own(&[file(OWN)]).unwrap();
        assert_eq!(all.templates.len(), catalogue().templates.len() + 1);
        assert_ne!(all.digest(), catalogue().digest());
        let refused =
            |text: &str| catalogue().clone().with_own(&[file(OWN), file(text)]).unwrap_err();
        let (name, fault) = refused(&OWN.replace("own-a", "cheeks")).remove(0);
        assert!(name == "reception.toml" && fault.contains("begin the id with `own-`"), "{fault}");
        assert!(refused(OWN)[0].1.contains("another file"));
        assert!(refused("[[challenge").remove(0).1.contains("line"), "the place is named");
    }
}
