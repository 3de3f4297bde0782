//! Which English texts a language must know: read out of templates, Rust sources and scripts.

use super::template::localise;
use super::tokens::Form;

/// The units of a template; `name` is its path below `templates/` without `.hbs`.
pub fn of_template(name: &str, text: &str) -> Vec<String> {
    let mut units = Vec::new();
    let mut note = |unit: &str| {
        units.push(unit.to_owned());
        None
    };
    localise(text, Form::of(name), &mut note);
    units
}

/// Texts in `t!("…")`, `msg!("…")` and `sentence!("…")`.
pub fn of_rust(source: &str) -> Vec<String> {
    ["t!(", "msg!(", "sentence!("].iter().flat_map(|call| literals_after(source, call)).collect()
}

/// Texts in `t('…')` of a script.
pub fn of_script(source: &str) -> Vec<String> {
    literals_after(source, "t(")
}

/// The string literals that begin behind `call`, where `call` is a whole word.
fn literals_after(source: &str, call: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices(call) {
        let before = source[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$')) {
            continue;
        }
        let line_start = source[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = source[line_start..at].trim_start();
        if ["//", "/*", "*"].iter().any(|mark| line.starts_with(mark)) {
            continue;
        }
        let rest = source[at + call.len()..].trim_start();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        if let Some(text) = unescaped(&rest[1..], quote) {
            found.push(text);
        }
    }
    found
}

/// The content of a literal up to its closing quotation mark.
fn unescaped(literal: &str, quote: char) -> Option<String> {
    let mut text = String::new();
    let mut chars = literal.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => return Some(text),
            '\\' => match chars.next()? {
                // The line goes on, without what indents it.
                '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                'n' => text.push('\n'),
                'u' => {
                    let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    text.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_and_comments_are_not() {
        let source = "let a = t!(\"One \\\n      line {n}\", n); // t!(\"no\")\n/// t!(\"neither\")\n\
                      const B: &str = msg!(\"It\\u{2019}s \\\"so\\\"\"); format!(\"not this\"); assert!(\"nor this\");";
        let found = of_rust(source);
        assert!(
            found.contains(&"One line {n}".to_owned()) && found.contains(&"It’s \"so\"".to_owned()),
            "{found:?}"
        );
        assert!(
            !found.contains(&"neither".to_owned()) && !found.contains(&"nor this".to_owned()),
            "{found:?}"
        );
        assert_eq!(of_script("say(t('Sound’s on')); at('x'); list.t('y')"), ["Sound’s on"]);
    }

    #[test]
    fn a_template_is_cut_at_blocks_and_keeps_tags_in_sentences() {
        let html = "<p title=\"Why it is\">{{#if a}}Open <a href=\"{{url}}\">the page</a> by {{clock}}.{{else}}<b>Wait</b>{{/if}}</p>";
        assert_eq!(
            of_template("pages/x", html),
            ["Why it is", "Open <a>the page</a> by {{clock}}.", "Wait"]
        );
        let plain = "JOIN NOW\n\nOpen it: {{page}}\n{{#if a}}{{b}}{{/if}}\n";
        assert_eq!(of_template("messages/x/body.txt", plain), ["JOIN NOW", "Open it: {{page}}"]);
    }

    #[test]
    fn an_exchanged_unit_keeps_tags_attributes_and_blanks() {
        let html = "<li>\n  Open <a class=\"x\" href=\"{{url}}\" title=\"Now\">it</a> or <a href=\"/b\">go</a>. </li>{{> part label=\"Send\" to=page}}";
        let german = |unit: &str| {
            Some(match unit {
                "Open <a>it</a> or <a2>go</a2>." => "<a2>Geh</a2> oder öffne <a>es</a>.",
                "Now" => "Jetzt",
                "Send" => "„Senden“",
                _ => return None,
            })
        };
        let said = localise(html, Form::Html, &mut |unit| german(unit).map(str::to_owned));
        assert_eq!(
            said,
            "<li>\n  <a href=\"/b\">Geh</a> oder öffne <a class=\"x\" href=\"{{url}}\" title=\"Jetzt\">es</a>. </li>{{> part label=\"„Senden“\" to=page}}"
        );
    }
}
