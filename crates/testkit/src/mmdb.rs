//! Writes small MMDB databases (MaxMind DB format 2.0), so that tests need nobody's data: a binary
//! tree over address bits, records behind it, metadata at the end.

use std::net::IpAddr;

/// A value; readers are strict about the types of metadata.
#[derive(Debug, Clone)]
pub enum Cell {
    Text(String),
    Double(f64),
    Float(f32),
    Short(u16),
    Number(u32),
    Long(u64),
    Map(Vec<(&'static str, Cell)>),
    List(Vec<Cell>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

/// A database under construction; IPv6 form, in which IPv4 lies below `::/96`.
#[derive(Debug)]
pub struct MmdbWriter {
    database_type: String,
    build_epoch: u64,
    /// Each node's two children.
    nodes: Vec<[Child; 2]>,
    data: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Child {
    Nothing,
    Node(usize),
    /// Where in the data the record begins.
    Record(usize),
}

impl MmdbWriter {
    /// An empty database of this type, built at these seconds since 1970.
    pub fn new(database_type: &str, build_epoch: u64) -> MmdbWriter {
        let database_type = database_type.to_owned();
        MmdbWriter {
            database_type,
            build_epoch,
            nodes: vec![[Child::Nothing; 2]],
            data: Vec::new(),
        }
    }

    /// Adds a record for a network, such as `193.0.0.0` with 21 bits. Networks must not overlap.
    pub fn add(&mut self, address: &str, bits: usize, record: Cell) {
        let (number, bits) = match address.parse().expect("an address") {
            IpAddr::V4(address) => (u128::from(u32::from(address)), bits + 96),
            IpAddr::V6(address) => (u128::from(address), bits),
        };
        let at = self.data.len();
        encode(&record, &mut self.data);
        let mut node = 0;
        for depth in 0..bits {
            let side = (number >> (127 - depth) & 1) as usize;
            if depth + 1 == bits {
                self.nodes[node][side] = Child::Record(at);
                return;
            }
            node = match self.nodes[node][side] {
                Child::Node(next) => next,
                _ => {
                    self.nodes.push([Child::Nothing; 2]);
                    let next = self.nodes.len() - 1;
                    self.nodes[node][side] = Child::Node(next);
                    next
                }
            };
        }
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        let count = self.nodes.len();
        let mut file = Vec::new();
        for child in self.nodes.iter().flatten() {
            let number = match child {
                Child::Nothing => count,
                Child::Node(node) => *node,
                Child::Record(at) => count + 16 + at,
            };
            file.extend_from_slice(&(number as u32).to_be_bytes());
        }
        file.extend_from_slice(&[0; 16]);
        file.extend_from_slice(&self.data);
        file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
        let metadata = Cell::Map(vec![
            ("binary_format_major_version", Cell::Short(2)),
            ("binary_format_minor_version", Cell::Short(0)),
            ("build_epoch", Cell::Long(self.build_epoch)),
            ("database_type", Cell::Text(self.database_type)),
            ("description", Cell::Map(vec![])),
            ("ip_version", Cell::Short(6)),
            ("languages", Cell::List(vec![])),
            ("node_count", Cell::Number(count as u32)),
            ("record_size", Cell::Short(32)),
        ]);
        encode(&metadata, &mut file);
        file
    }
}

/// One control byte (type and size), an extended type where it has no place there, then the value.
fn encode(cell: &Cell, to: &mut Vec<u8>) {
    match cell {
        Cell::Text(text) => {
            control(2, text.len(), to);
            to.extend_from_slice(text.as_bytes());
        }
        Cell::Double(number) => {
            control(3, 8, to);
            to.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Float(number) => {
            control(15, 4, to);
            to.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Number(number) => {
            control(6, 4, to);
            to.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Short(number) => {
            control(5, 2, to);
            to.extend_from_slice(&number.to_be_bytes());
        }
        Cell::Long(number) => {
            control(9, 8, to);
            to.extend_from_slice(&number.to_be_bytes());
        }
        Cell::List(cells) => {
            control(11, cells.len(), to);
            cells.iter().for_each(|cell| encode(cell, to));
        }
        Cell::Map(cells) => {
            control(7, cells.len(), to);
            for (name, cell) in cells {
                encode(&Cell::Text((*name).to_owned()), to);
                encode(cell, to);
            }
        }
    }
}

fn control(kind: u8, size: usize, to: &mut Vec<u8>) {
    let (length, more) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
    match kind {
        0..=7 => to.push(kind << 5 | length),
        _ => to.extend_from_slice(&[length, kind - 7]),
    }
    to.extend(more);
}
