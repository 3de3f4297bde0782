//! One handlebars registry, strict: a name that the context lacks is an error, never a blank.

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

/// Renders every template of the tree.
pub struct Renderer {
    html: Handlebars<'static>,
    plain: Handlebars<'static>,
}

impl Renderer {
    /// Parses all templates. What ends in `.txt` is filled without HTML escaping.
    pub fn new() -> Result<Renderer, RenderError> {
        let mut html = Handlebars::new();
        html.set_strict_mode(true);
        crate::pages::register_helpers(&mut html);
        let mut plain = html.clone();
        plain.register_escape_fn(handlebars::no_escape);
        for path in Files::iter() {
            let Some(name) = path.strip_suffix(".hbs") else { continue };
            let file = Files::get(&path).map(|f| f.data.into_owned()).unwrap_or_default();
            let text = String::from_utf8_lossy(&file);
            let registry = if name.ends_with(".txt") { &mut plain } else { &mut html };
            registry
                .register_template_string(name, text)
                .map_err(|e| RenderError::Parse { name: name.to_owned(), detail: e.to_string() })?;
        }
        Ok(Renderer { html, plain })
    }

    /// Fills a page.
    pub fn page<T: Template>(&self, context: &T) -> Result<String, RenderError> {
        self.fill(T::NAME, context)
    }

    /// Fills any template by name; names ending in `.txt` are not escaped.
    pub fn fill<T: Serialize>(&self, name: &str, context: &T) -> Result<String, RenderError> {
        let registry = if name.ends_with(".txt") { &self.plain } else { &self.html };
        registry
            .render(name, context)
            .map_err(|e| RenderError::Fill { name: name.to_owned(), detail: e.to_string() })
    }
}
