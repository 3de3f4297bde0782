//! Bytes to text and physical lines: byte-order mark, Excel's `sep=` line, delimiter, and which
//! line of the file a byte stands on.

/// A file as text with its delimiter, or why it cannot be read as text.
pub(super) struct Source<'a> {
    /// The file after a byte-order mark and a `sep=` line.
    pub(super) text: &'a str,
    /// Physical lines before `text`.
    pub(super) lines_before: u32,
    pub(super) delimiter: u8,
}

/// Why bytes are not text: the line, and the sentence.
pub(super) struct NotText {
    pub(super) line: u32,
    pub(super) problem: String,
}

/// The text of a file.
pub(super) fn source(bytes: &[u8]) -> Result<Source<'_>, NotText> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(NotText { line: 1, problem: "the file is UTF-16".into() });
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let at = e.valid_up_to();
        NotText {
            line: line_at(bytes, at),
            problem: format!("byte 0x{:02x} is not UTF-8", bytes[at]),
        }
    })?;
    let (text, lines_before, named) = strip_separator_line(text);
    let delimiter = named.unwrap_or_else(|| delimiter_of(text));
    Ok(Source { text, lines_before, delimiter })
}

/// The physical line, from 1, on which byte `at` stands.
pub(super) fn line_at(bytes: &[u8], at: usize) -> u32 {
    1 + count_lines(&bytes[..at.min(bytes.len())])
}

/// Line ends in a piece of a file: LF, CRLF, or a CR alone.
pub(super) fn count_lines(bytes: &[u8]) -> u32 {
    let ends = bytes.iter().enumerate().filter(|(i, b)| match b {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    });
    u32::try_from(ends.count()).unwrap_or(u32::MAX)
}

/// Excel writes and honours a first line `sep=;`.
pub(super) fn strip_separator_line(text: &str) -> (&str, u32, Option<u8>) {
    let line = text.lines().next().unwrap_or("");
    let Some(&[d @ (b';' | b',' | b'\t')]) = line.strip_prefix("sep=").map(str::as_bytes) else {
        return (text, 0, None);
    };
    let rest = text[line.len()..].trim_start_matches('\r');
    (rest.strip_prefix('\n').unwrap_or(rest), 1, Some(d))
}

/// The delimiter that stands most often outside quotes in the first line that is not blank.
pub(super) fn delimiter_of(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += i32::from(!quoted && byte == *delimiter);
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(d, _)| *d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_parts_the_header() {
        assert_eq!(delimiter_of("a,b;c,d\n"), b',');
        assert_eq!(delimiter_of("\n\na;b;\"x,y,z,w\""), b';');
        assert_eq!(delimiter_of("a\tb"), b'\t');
        assert_eq!(delimiter_of("alone"), b',');
    }

    #[test]
    fn an_excel_separator_line_is_obeyed_and_still_counted() {
        let Ok(s) = source(b"\xef\xbb\xbfsep=;\r\na;b\r\n") else { panic!() };
        assert_eq!((s.text, s.lines_before, s.delimiter), ("a;b\r\n", 1, b';'));
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(count_lines(b"a\nb\r\nc\rd"), 3);
    }
}
