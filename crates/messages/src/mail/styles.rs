//! Puts each class's declarations inline, because many mail programs drop style sheets. The
//! classes stay: the sheet in the frame overrides them for dark mode and narrow screens.

/// Declarations a class stands for. Ink #16211f, muted #52605c, line #d8dfdc, accent #0b5a57.
const STYLES: &[(&str, &str)] = &[
    ("paper", "margin:0;padding:0;background:#f4f6f4;color:#16211f"),
    ("outer", "width:100%;background:#f4f6f4"),
    ("edge", "padding:24px 12px 40px"),
    ("column", "width:100%;max-width:600px;table-layout:fixed"),
    (
        "brand",
        "padding:0 4px 12px;vertical-align:bottom;overflow-wrap:anywhere;font:600 14px/20px FONT;color:#52605c",
    ),
    (
        "code",
        "padding:0 4px 12px;font:14px/20px FONT;color:#52605c;width:34%;text-align:right;vertical-align:bottom;overflow-wrap:anywhere",
    ),
    ("codeword", "font:600 14px/20px MONO;color:#16211f"),
    (
        "card",
        "padding:28px 32px 22px;overflow-wrap:anywhere;background:#ffffff;border:1px solid #d8dfdc;border-radius:8px",
    ),
    ("kicker", "margin:0 0 8px;font:600 14px/20px FONT;color:#52605c"),
    ("title", "margin:0 0 12px;font:600 24px/31px FONT;color:#16211f;letter-spacing:-0.2px"),
    ("text", "margin:0 0 16px;font:16px/24px FONT;color:#16211f"),
    ("section", "margin:28px 0 8px;font:600 16px/24px FONT;color:#16211f"),
    ("soft", "margin:0 0 16px;font:14px/21px FONT;color:#52605c"),
    ("list", "margin:0 0 16px;padding:0 0 0 20px;font:16px/24px FONT;color:#16211f"),
    ("item", "margin:0 0 6px;padding:0"),
    ("facts", "width:100%;margin:4px 0 20px;border-collapse:collapse;table-layout:fixed"),
    (
        "label",
        "width:132px;padding:9px 16px 9px 0;border-top:1px solid #d8dfdc;font:14px/22px FONT;color:#52605c;text-align:left;vertical-align:top",
    ),
    (
        "fact",
        "padding:9px 0;border-top:1px solid #d8dfdc;font:16px/22px FONT;color:#16211f;vertical-align:top;font-variant-numeric:tabular-nums",
    ),
    (
        "quote",
        "margin:0 0 16px;padding:2px 0 2px 14px;border-left:3px solid #b9c6c2;font:16px/24px FONT;color:#16211f;overflow-wrap:anywhere",
    ),
    (
        "digits",
        "margin:4px 0 20px;padding:18px 12px;background:#eef4f2;border-radius:8px;font:600 34px/42px MONO;color:#16211f;text-align:center;letter-spacing:5px",
    ),
    ("act", "margin:12px 0 20px"),
    ("plate", "background:#0b5a57;border-radius:6px"),
    (
        "button",
        "display:inline-block;padding:12px 22px;border:1px solid #0b5a57;border-radius:6px;background:#0b5a57;font:600 16px/22px FONT;color:#ffffff;text-decoration:none",
    ),
    (
        "next",
        "margin:20px 0 0;padding:14px 16px;background:#eef4f2;border-radius:6px;font:14px/21px FONT;color:#16211f",
    ),
    (
        "proof",
        "margin:24px 0 0;padding:14px 0 0;border-top:1px solid #d8dfdc;font:12px/18px MONO;color:#52605c;word-break:break-all",
    ),
    (
        "prooftext",
        "display:block;margin:0 0 4px;font:14px/20px FONT;color:#52605c;word-break:normal",
    ),
    ("foot", "padding:20px 4px 0;font:14px/21px FONT;color:#52605c"),
    ("footline", "margin:0 0 10px;font:14px/21px FONT;color:#52605c;overflow-wrap:anywhere"),
    ("hidden", "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all"),
];

const FONT: &str =
    "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MONO: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";

/// Adds `style="..."` behind every `class="..."`. Values are escaped before they get here, so a
/// class attribute can only come from a template. `Err` names a class that has no style.
pub fn inline(html: &str) -> Result<String, String> {
    const MARK: &str = " class=\"";
    let mut out = String::with_capacity(html.len() * 2);
    let mut rest = html;
    while let Some(at) = rest.find(MARK) {
        let (before, from) = rest.split_at(at);
        let name_and_rest = &from[MARK.len()..];
        let end = name_and_rest.find('"').ok_or("a class attribute that does not end")?;
        let name = &name_and_rest[..end];
        let (_, style) =
            STYLES.iter().find(|(class, _)| *class == name).ok_or_else(|| name.to_owned())?;
        out.push_str(before);
        out.push_str(MARK);
        out.push_str(name);
        out.push_str("\" style=\"");
        out.push_str(&style.replace("FONT", FONT).replace("MONO", MONO));
        out.push('"');
        rest = &name_and_rest[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_gets_its_declarations_inline() {
        let html = inline("<p class=\"soft\">x</p>").unwrap();
        assert!(html.starts_with("<p class=\"soft\" style=\"margin:0 0 16px;"));
        assert!(html.ends_with("\">x</p>"));
        assert!(!html.contains("FONT") && !html.contains("MONO"));
    }

    #[test]
    fn an_unknown_class_is_named() {
        assert_eq!(inline("<p class=\"loud\">").unwrap_err(), "loud");
    }
}
