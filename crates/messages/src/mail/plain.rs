//! The last step of a text part: lines of readable width. Templates write one paragraph a line.

/// Columns of a text part; fits every reader and leaves room for a quoting mark.
pub const COLUMNS_MAX: usize = 72;

/// Wraps long lines at spaces, with a hanging indent under lists and two-column facts. A word
/// longer than a line (an address) stays whole, and so does a signature line of a signed note,
/// which begins with an em dash: it is checked byte by byte. More than one empty line in a row
/// becomes one; the text ends in exactly one line feed.
pub fn wrap(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut blank = true;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        wrap_line(line, &mut out);
    }
    let end = out.trim_end_matches('\n').len();
    out.truncate(end);
    out.push('\n');
    out
}

fn wrap_line(line: &str, out: &mut String) {
    if line.chars().count() <= COLUMNS_MAX || line.starts_with("— ") {
        out.push_str(line);
        out.push('\n');
        return;
    }
    let hang = hanging_indent(line);
    // The head (indent, list mark, label) is kept as written; only what follows is wrapped.
    let head: String = line.chars().take(hang).collect();
    let body: String = line.chars().skip(hang).collect();
    let mut current = head;
    let mut width = hang;
    let mut fresh = true;
    for word in body.split_whitespace() {
        let word_width = word.chars().count();
        if !fresh && width + 1 + word_width > COLUMNS_MAX {
            out.push_str(current.trim_end());
            out.push('\n');
            current = " ".repeat(hang);
            width = hang;
            fresh = true;
        }
        if !fresh {
            current.push(' ');
            width += 1;
        }
        current.push_str(word);
        width += word_width;
        fresh = false;
    }
    out.push_str(&current);
    out.push('\n');
}

/// Column under which the second line of a paragraph begins.
fn hanging_indent(line: &str) -> usize {
    let chars: Vec<char> = line.chars().collect();
    let lead = chars.iter().take_while(|c| **c == ' ').count();
    if chars.get(lead) == Some(&'-') && chars.get(lead + 1) == Some(&' ') {
        return lead + 2;
    }
    // A label of at most 18 columns, two or more spaces, then the fact.
    let gap = (lead + 1..chars.len().min(18)).find(|&i| chars[i] == ' ' && chars[i - 1] == ' ');
    match gap {
        Some(at) => at + chars[at..].iter().take_while(|c| **c == ' ').count(),
        None => lead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paragraphs_wrap_and_lists_hang() {
        let text = format!("- {}", "word ".repeat(30));
        let wrapped = wrap(&text);
        assert!(wrapped.lines().all(|l| l.chars().count() <= COLUMNS_MAX));
        assert!(wrapped.lines().skip(1).all(|l| l.starts_with("  word")));
    }

    #[test]
    fn a_fact_hangs_under_its_second_column() {
        let wrapped = wrap(&format!("Join by       {}", "later ".repeat(20)));
        assert_eq!(wrapped.lines().nth(1).unwrap().find('l'), Some(14));
    }

    #[test]
    fn an_address_is_never_broken() {
        let url = format!("https://muster.example/{}", "a".repeat(90));
        assert!(wrap(&format!("Open the page: {url} now")).lines().any(|l| l.contains(&url)));
    }

    #[test]
    fn a_signature_line_is_never_broken() {
        let line = format!("— muster.example/log {}\n", "A".repeat(90));
        assert_eq!(wrap(&line), line);
    }

    #[test]
    fn empty_lines_do_not_pile_up() {
        assert_eq!(wrap("\n\na\n\n\n \nb\n\n"), "a\n\nb\n");
    }
}
