//! A CSV file as a table, like `table`, for files too long to hold: bytes come piece by piece from
//! whatever the caller gives. Header, shapes and faults are `table`'s own.

use super::fault::FaultCode;
use super::lines::{delimiter_of, strip_separator_line};
use super::table::{Columns, Faults, Record, empty_file, header_of, shape_is_right};
use crate::sentence::Sentence;
use std::io::{self, Read};

/// So much is looked at for the byte-order mark, a `sep=` line and the delimiter.
const HEAD_BYTES: usize = 16 * 1024;

/// A file with more faults is not read to its end.
pub(crate) const FAULTS_MAX: usize = 1_000;

/// Reads record by record, as `table::read` does.
///
/// # Errors
/// The source's own, if it cannot be read.
pub(crate) fn read(
    source: impl Read,
    columns: &Columns,
    faults: &mut Faults,
    mut each: impl FnMut(&Record<'_>, &mut Faults),
) -> io::Result<()> {
    let mut source = PlainLines { inner: source, after_cr: false, has_ended: false };
    let mut head = Vec::with_capacity(HEAD_BYTES);
    source.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        not_utf8(1, "the file is UTF-16".into(), faults);
        return Ok(());
    }
    let start = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    // the first line decides; what a cut character at the end of the piece becomes does not matter
    let text = String::from_utf8_lossy(&head[start..]);
    let (rest, lines_before, named) = strip_separator_line(&text);
    let delimiter = named.unwrap_or_else(|| delimiter_of(rest));
    let start = start + if named.is_some() { "sep=;\n".len() } else { 0 };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 18)
        .from_reader(head[start..].chain(source));
    let mut cells = csv::StringRecord::new();
    let mut header = None;
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => match error.kind() {
                csv::ErrorKind::Utf8 { err, .. } => {
                    let line = line_after(&reader, lines_before).saturating_sub(1);
                    let problem = Sentence::as_said(format!("a cell is not UTF-8: {err}"));
                    not_utf8(line, problem, faults);
                    break;
                }
                _ => return Err(error.into()),
            },
        }
        // every record ends with one LF, which the reader has counted; blank lines come before it
        let inner = cells.as_slice().bytes().filter(|b| *b == b'\n').count() as u32;
        let line = line_after(&reader, lines_before).saturating_sub(1 + inner);
        let Some(header) = &header else {
            let Some(read) = header_of(&cells, columns, line, faults) else { return Ok(()) };
            header = Some(read);
            continue;
        };
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue; // spreadsheets leave `;;;;` behind
        }
        let record = Record { header, cells: &cells, line };
        if shape_is_right(&record, columns, faults) {
            each(&record, faults);
        }
        if faults.list.len() >= FAULTS_MAX {
            let problem = Sentence::as_said(format!(
                "{FAULTS_MAX} faults so far; the rest of the file was not read"
            ));
            let accepted = "a file whose faults so far are mended";
            faults.add(line, None, FaultCode::TooManyFaults, problem, accepted);
            break;
        }
    }
    if header.is_none() && faults.list.is_empty() {
        empty_file(columns, faults);
    }
    Ok(())
}

fn line_after<R: Read>(reader: &csv::Reader<R>, lines_before: u32) -> u32 {
    u32::try_from(reader.position().line()).unwrap_or(u32::MAX).saturating_add(lines_before)
}

fn not_utf8(line: u32, problem: Sentence, faults: &mut Faults) {
    let accepted = "CSV saved as UTF-8 (in Excel: `CSV UTF-8`)";
    faults.add(line, None, FaultCode::NotUtf8, problem, accepted);
}

/// The same bytes with every kind of line end as one LF, and one more at the end, so that lines can
/// be counted without holding the file.
struct PlainLines<R> {
    inner: R,
    after_cr: bool,
    has_ended: bool,
}

impl<R: Read> Read for PlainLines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.has_ended {
            return Ok(0);
        }
        loop {
            let given = self.inner.read(out)?;
            if given == 0 {
                self.has_ended = true;
                out[0] = b'\n';
                return Ok(1);
            }
            let mut kept = 0;
            for i in 0..given {
                let byte = out[i];
                let ends_crlf = byte == b'\n' && self.after_cr;
                self.after_cr = byte == b'\r';
                if !ends_crlf {
                    out[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::RosterFileKind;

    const COLUMNS: Columns = Columns {
        required: &["id", "note"],
        optional: &[],
        attributes: &[],
        may_be_empty: &["note"],
        cell_characters_max: 20,
    };

    /// Gives one byte at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(out.len()).min(1);
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn told(bytes: &[u8]) -> (Vec<(u32, String)>, Vec<String>) {
        let run = |source: &mut dyn Read| {
            let mut faults = Faults { file: RosterFileKind::Observations, list: Vec::new() };
            let mut rows = Vec::new();
            let each = |r: &Record<'_>, _: &mut Faults| rows.push((r.line(), r.cell("id").into()));
            read(source, &COLUMNS, &mut faults, each).unwrap();
            (rows, faults.list.iter().map(ToString::to_string).collect())
        };
        let whole = run(&mut &bytes[..]);
        assert_eq!(whole, run(&mut Drops(bytes)), "pieces make no difference");
        whole
    }

    #[test]
    fn spreadsheets_of_every_kind_are_read_with_their_physical_lines() {
        let files: [&[u8]; 4] = [
            b"id,note\na,1\n\n\nb,\"x\ny\"\nc,\n",
            b"\xef\xbb\xbfid;note\r\na;1\r\n\r\n\r\nb;\"x\r\ny\"\r\nc;",
            b"id\tnote\ra\t1\r\r\rb\t\"x\ry\"\rc\t\r",
            b"note,id\n1,a\n\n,\n\"x\ny\",b\n,c",
        ];
        for file in files {
            let (rows, faults) = told(file);
            assert_eq!(faults, Vec::<String>::new());
            let expected = [(2, "a".to_owned()), (5, "b".to_owned()), (7, "c".to_owned())];
            assert_eq!(rows, expected, "{}", String::from_utf8_lossy(file));
        }
        let (rows, _) = told(b"sep=;\r\nid;note\r\na;1\r\n");
        assert_eq!(rows, [(3, "a".to_owned())]);
    }

    #[test]
    fn faults_of_shape_are_named_with_their_line() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "line 1: the file is empty"),
            (b"\n\n", "line 1: the file is empty"),
            (b"id,nope\n", "line 1, column nope: unknown column"),
            (b"id,note\na,1\n\nb\n", "line 4: the line has 1 cells"),
            (b"id,note\na,1\nb,\xff\n", "line 3: a cell is not UTF-8"),
            (b"\xff\xfei\0d\0", "line 1: the file is UTF-16"),
        ];
        for (file, expected) in cases {
            let (_, faults) = told(file);
            assert!(faults.first().is_some_and(|f| f.contains(expected)), "{faults:?}, {expected}");
        }
    }

    #[test]
    fn a_file_of_nothing_but_faults_is_given_up() {
        let text = "id,note\n".to_owned() + &",x\n".repeat(5_000);
        let (_, faults) = told(text.as_bytes());
        assert_eq!(faults.len(), FAULTS_MAX + 1);
        assert!(faults[FAULTS_MAX].contains("line 1001: 1000 faults so far"), "{}", faults[1_000]);
    }
}
