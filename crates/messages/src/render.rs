//! Handlebars, strict: a name that the context lacks is an error, never a blank. One registry a
//! language and kind of escaping.

use crate::language::{self, Form, Language, localise};
use handlebars::Handlebars;
use rust_embed::RustEmbed;
use serde::Serialize;

/// `templates/` at the root of the tree; read from disk in debug builds, embedded otherwise.
#[derive(RustEmbed)]
#[folder = "../../templates"]
struct Files;

/// A context type and the template it fills.
pub trait Template: Serialize + Sized {
    /// Path below `templates/` without `.hbs`, e.g. `pages/check_in/read`.
    const NAME: &'static str;

    /// Contexts worth looking at: the usual one, the empty one, the hostile one.
    fn samples() -> Vec<Self>;
}

/// A template that could not be parsed or filled.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("template {name}: {detail}")]
    Parse { name: String, detail: String },
    #[error("template {name}: {detail}")]
    Fill { name: String, detail: String },
}

/// Renders every template of the tree, in the language that is spoken ([`language::current`]).
pub struct Renderer {
    english: Registries,
    german: Registries,
}

/// The templates in one language.
struct Registries {
    html: Handlebars<'static>,
    plain: Handlebars<'static>,
}

impl Renderer {
    /// Parses all templates. What ends in `.txt` is filled without HTML escaping.
    pub fn new() -> Result<Renderer, RenderError> {
        Ok(Renderer {
            english: Registries::new(Language::English)?,
            german: Registries::new(Language::German)?,
        })
    }

    /// Fills a page.
    pub fn page<T: Template>(&self, context: &T) -> Result<String, RenderError> {
        self.fill(T::NAME, context)
    }

    /// Fills any template by name; names ending in `.txt` are not escaped.
    pub fn fill<T: Serialize>(&self, name: &str, context: &T) -> Result<String, RenderError> {
        let registries = match language::current() {
            Language::English => &self.english,
            Language::German => &self.german,
        };
        let registry = if name.ends_with(".txt") { &registries.plain } else { &registries.html };
        registry
            .render(name, context)
            .map_err(|e| RenderError::Fill { name: name.to_owned(), detail: e.to_string() })
    }
}

impl Registries {
    fn new(language: Language) -> Result<Registries, RenderError> {
        let mut html = Handlebars::new();
        html.set_strict_mode(true);
        crate::pages::register_helpers(&mut html);
        let mut plain = html.clone();
        plain.register_escape_fn(handlebars::no_escape);
        for (name, text) in templates() {
            let text = match language.catalogue() {
                None => text,
                Some(known) => {
                    localise(&text, Form::of(&name), &mut |unit| known.get(unit).map(str::to_owned))
                }
            };
            let registry = if name.ends_with(".txt") { &mut plain } else { &mut html };
            registry
                .register_template_string(&name, text)
                .map_err(|e| RenderError::Parse { name, detail: e.to_string() })?;
        }
        Ok(Registries { html, plain })
    }
}

/// Every template: its path without `.hbs`, and its text.
pub fn templates() -> impl Iterator<Item = (String, String)> {
    Files::iter().filter_map(|path| {
        let file = Files::get(&path)?;
        let name = path.strip_suffix(".hbs")?.to_owned();
        Some((name, String::from_utf8_lossy(&file.data).into_owned()))
    })
}
