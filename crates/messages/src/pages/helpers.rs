//! The few template helpers pages share. They write markup for a value that already says
//! everything; they decide nothing. What they write from a context is escaped.

use crate::t;
use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason,
};
use serde_json::Value;

/// Registers `icon`, `moment`, `state` and `csrf`, and the escaping of everything else.
pub(crate) fn register(registry: &mut Handlebars<'static>) {
    registry.register_escape_fn(escape);
    registry.register_helper("icon", Box::new(icon));
    registry.register_helper("moment", Box::new(moment));
    registry.register_helper("state", Box::new(state));
    registry.register_helper("csrf", Box::new(csrf));
}

/// HTML escaping that also drops explicit direction marks (U+202A-202E, U+2066-2069). A name that
/// carries one turns round the sentence it stands in; right-to-left names need none of them.
fn escape(text: &str) -> String {
    let is_override = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(is_override) {
        return handlebars::html_escape(&text.replace(is_override, ""));
    }
    handlebars::html_escape(text)
}

/// `{{icon "verified"}}`: a shape of the sprite, hidden from screen readers; words stand beside it.
fn icon(
    h: &Helper,
    _: &Handlebars,
    _: &Context,
    _: &mut RenderContext,
    out: &mut dyn Output,
) -> HelperResult {
    let name = text(h, "icon", "")?;
    out.write(&icon_markup(&name))?;
    Ok(())
}

/// `{{moment at}}`: an instant in the reader's zone, the other person's beside it.
fn moment(
    h: &Helper,
    _: &Handlebars,
    _: &Context,
    _: &mut RenderContext,
    out: &mut dyn Output,
) -> HelperResult {
    let (iso, words) = (text(h, "moment", "/iso")?, text(h, "moment", "/text")?);
    out.write(&format!("<time datetime=\"{}\">{}</time>", escape(&iso), escape(&words)))?;
    if let Some(beside) = param(h, "moment")?.pointer("/beside").and_then(Value::as_str) {
        let (yours, beside) = (t!("(your time)"), escape(beside));
        out.write(&format!(" <span class=\"beside\">{yours}, {beside}</span>"))?;
    }
    Ok(())
}

/// `{{state s}}`: a state as word, shape and colour.
fn state(
    h: &Helper,
    _: &Handlebars,
    _: &Context,
    _: &mut RenderContext,
    out: &mut dyn Output,
) -> HelperResult {
    let (label, tone, icon) =
        (text(h, "state", "/label")?, text(h, "state", "/tone")?, text(h, "state", "/icon")?);
    let (label, tone, icon) = (escape(&label), escape(&tone), icon_markup(&icon));
    out.write(&format!("<span class=\"state state-{tone}\">{icon}<span>{label}</span></span>"))?;
    Ok(())
}

/// `{{csrf}}`: the hidden field every form carries, wherever in the page it stands.
fn csrf(
    _: &Helper,
    _: &Handlebars,
    ctx: &Context,
    _: &mut RenderContext,
    out: &mut dyn Output,
) -> HelperResult {
    let token = ctx.data().pointer("/frame/csrf").and_then(Value::as_str);
    let token =
        token.ok_or_else(|| RenderErrorReason::MissingVariable(Some("frame.csrf".to_owned())))?;
    out.write(&format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", escape(token)))?;
    Ok(())
}

fn icon_markup(name: &str) -> String {
    let name = escape(name);
    format!(
        "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"/assets/icons.svg#{name}\"></use></svg>"
    )
}

fn param<'a>(h: &'a Helper, helper: &'static str) -> Result<&'a Value, RenderErrorReason> {
    Ok(h.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex(helper, 0))?.value())
}

fn text(h: &Helper, helper: &'static str, pointer: &str) -> Result<String, RenderErrorReason> {
    let value = param(h, helper)?.pointer(pointer).and_then(Value::as_str);
    value
        .map(str::to_owned)
        .ok_or_else(|| RenderErrorReason::MissingVariable(Some(format!("{helper}{pointer}"))))
}
