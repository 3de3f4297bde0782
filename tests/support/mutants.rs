//! Seeded damage to a bundle: what a careless copy, a clever forger, or an operator who dislikes a
//! line would do. Every kind is applied as text, so that any program can be fed the same files. A
//! forger recomputes what anybody can: digests, roots of rows. The signature over the log is what
//! nobody can.

#![expect(clippy::ptr_arg, reason = "one signature for every kind of damage")]

use muster_domain::audit::{Frontier, leaf_hash};
use muster_ports::Entropy;
use muster_simulation::SeededEntropy;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Numbers in a fixed order.
struct Dice(SeededEntropy);

impl Dice {
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let entropy: &dyn Entropy = &self.0;
        entropy.bytes()
    }

    fn below(&self, n: usize) -> usize {
        (u64::from_be_bytes(self.bytes()) % n.max(1) as u64) as usize
    }

    fn hex(&self, bytes: usize) -> String {
        let random: [u8; 32] = self.bytes();
        hex::encode(&random[..bytes])
    }

    fn among<T: Copy>(&self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).copied()
    }
}

/// One kind of damage; false where the bundle has nothing of the kind.
type Damage = fn(&mut Vec<String>, &Dice) -> bool;

const DAMAGES: &[(&str, Damage)] = &[
    ("a byte is another", byte),
    ("a line is missing", drop_line),
    ("a line stands twice", double_line),
    ("two lines changed places", swap_lines),
    ("the end is cut off", cut),
    ("a field of an entry is another", entry_fact),
    ("an entry is a hash only, and the wrong one", hide_wrongly),
    ("an announcement is missing", drop_announcement),
    ("an announcement was added", add_announcement),
    ("an announcement is manual", relabel),
    ("an opened value is another", opened_value),
    ("an opening is missing", drop_opening),
    ("k is another, and the root follows", change_k),
    ("a class was put in, and the root follows", change_class),
    ("a row is missing, and the root follows", drop_row),
    ("a row is erased", erase_row),
    ("a slot is another, and the root follows", change_slots),
    ("hazards are another, and the root follows", change_hazards),
    ("a verifier is another, and the root follows", change_verifier),
    ("two keys are swapped", swap_keys),
    ("a key is another", change_key),
    ("a key is missing", drop_key),
    ("a label is another", change_label),
    ("the period is another", change_period),
    ("the checkpoint is another", change_checkpoint),
];

/// Mutant number `n` of a bundle: what was done, and the bytes. Always differs from the bundle.
pub fn mutant(bundle: &str, seed: u64, n: usize) -> (&'static str, String) {
    let dice = Dice(SeededEntropy::new(seed).labelled(&format!("mutant {n}")));
    for turn in 0.. {
        let (name, damage) = DAMAGES[(n + turn) % DAMAGES.len()];
        let mut lines: Vec<String> = bundle.lines().map(str::to_owned).collect();
        if !damage(&mut lines, &dice) {
            continue;
        }
        let is_plain = ["a byte is another", "the end is cut off"].contains(&name);
        if !is_plain {
            seal_end(&mut lines);
        }
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        if text != bundle {
            return (name, text);
        }
    }
    unreachable!("some damage always applies")
}

/// The last line as a forger would write it.
fn seal_end(lines: &mut Vec<String>) {
    if lines.last().is_some_and(|l| l.starts_with("{\"end\":")) {
        lines.pop();
    }
    let mut digest = Sha256::new();
    for line in lines.iter() {
        digest.update(line);
        digest.update("\n");
    }
    let end = json!({ "end": { "lines": lines.len(), "sha256": hex::encode(digest.finalize()) } });
    lines.push(end.to_string());
}

fn where_is(lines: &[String], is: impl Fn(&str) -> bool) -> Vec<usize> {
    (0..lines.len()).filter(|&i| is(&lines[i])).collect()
}

fn member<'a>(name: &'a str) -> impl Fn(&str) -> bool + 'a {
    move |line| line.starts_with(&format!("{{\"{name}\":"))
}

fn entry(line: &str) -> bool {
    line.starts_with("{\"actor\":") || line.starts_with("{\"at_ms\":")
}

fn announcement(line: &str) -> bool {
    entry(line) && line.contains("\"kind\":\"check-in-announced\"")
}

/// Changes one line by its JSON.
fn edit(lines: &mut [String], at: Option<usize>, change: impl FnOnce(&mut Value)) -> bool {
    let Some(at) = at else { return false };
    let mut value: Value = serde_json::from_str(&lines[at]).unwrap();
    change(&mut value);
    let edited = value.to_string();
    let differs = edited != lines[at];
    lines[at] = edited;
    differs
}

fn byte(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.below(lines.len());
    let mut bytes = lines[at].clone().into_bytes();
    let spots: Vec<usize> =
        (0..bytes.len()).filter(|&i| bytes[i].is_ascii_alphanumeric()).collect();
    let Some(spot) = dice.among(&spots) else { return false };
    let letters = b"0123456789abcdefghijklmnopqrstuvwxyz";
    bytes[spot] =
        letters[(dice.below(letters.len() - 1) + 1 + usize::from(bytes[spot])) % letters.len()];
    let edited = String::from_utf8(bytes).unwrap();
    let differs = edited != lines[at];
    lines[at] = edited;
    differs
}

fn drop_line(lines: &mut Vec<String>, dice: &Dice) -> bool {
    lines.remove(dice.below(lines.len() - 1));
    true
}

fn double_line(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.below(lines.len() - 1);
    lines.insert(at, lines[at].clone());
    true
}

fn swap_lines(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let (a, b) = (dice.below(lines.len() - 1), dice.below(lines.len() - 1));
    lines.swap(a, b);
    lines[a] != lines[b]
}

fn cut(lines: &mut Vec<String>, dice: &Dice) -> bool {
    lines.truncate(1 + dice.below(lines.len() - 1));
    true
}

fn entry_fact(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.among(&where_is(lines, entry));
    edit(lines, at, |entry| {
        let facts = entry["facts"].as_object_mut().unwrap();
        let names: Vec<String> = facts.keys().cloned().collect();
        match names.get(dice.below(names.len())) {
            Some(name) => facts[name] = json!(dice.hex(4)),
            None => entry["at_ms"] = json!(entry["at_ms"].as_i64().unwrap() + 1),
        }
    })
}

fn hide_wrongly(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let Some(at) = dice.among(&where_is(lines, entry)) else { return false };
    while lines[at + 1].starts_with("{\"opening\":") {
        lines.remove(at + 1);
    }
    lines[at] = json!({ "hashes": [dice.hex(32)] }).to_string();
    true
}

fn drop_announcement(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let Some(at) = dice.among(&where_is(lines, announcement)) else { return false };
    lines.remove(at);
    while lines[at].starts_with("{\"opening\":") {
        lines.remove(at);
    }
    true
}

fn add_announcement(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let all = where_is(lines, announcement);
    let (Some(from), Some(to)) = (dice.among(&all), dice.among(&where_is(lines, entry))) else {
        return false;
    };
    let mut copy = vec![lines[from].clone()];
    copy.extend(lines[from + 1..].iter().take_while(|l| l.starts_with("{\"opening\":")).cloned());
    copy.into_iter().rev().for_each(|line| lines.insert(to, line));
    true
}

fn relabel(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.among(&where_is(lines, announcement));
    edit(lines, at, |entry| {
        let is_manual = entry["facts"]["kind"] == "manual";
        entry["facts"]["kind"] = json!(if is_manual { "drawn" } else { "manual" });
    })
}

fn opened_value(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.among(&where_is(lines, member("opening")));
    edit(lines, at, |line| {
        let value = &mut line["opening"]["value"];
        *value = match value.as_i64() {
            Some(n) => json!(n + 300_000),
            None => json!(dice.hex(16)),
        };
    })
}

fn drop_opening(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let Some(at) = dice.among(&where_is(lines, member("opening"))) else { return false };
    lines.remove(at);
    true
}

/// A row is changed, its boundary's root computed anew and written into its entry.
fn row(
    lines: &mut Vec<String>,
    dice: &Dice,
    kind: &str,
    change: impl FnOnce(&mut Vec<String>, usize) -> bool,
) -> bool {
    let Some(at) = dice.among(&where_is(lines, member(kind))) else { return false };
    if !change(lines, at) {
        return false;
    }
    let is_row =
        |line: &str| ["policy", "verifier", "person", "erased"].iter().any(|k| member(k)(line));
    let begins = (0..at.min(lines.len())).rev().find(|&i| member("boundary")(&lines[i])).unwrap();
    let mut tree = Frontier::default();
    for (i, line) in lines.iter().enumerate().skip(begins) {
        if i > begins && !is_row(line) {
            break;
        }
        let erased: Option<Vec<u8>> = serde_json::from_str::<Value>(line)
            .ok()
            .and_then(|v| hex::decode(v["erased"].as_str()?).ok());
        let leaf = erased.map_or_else(|| leaf_hash(line.as_bytes()), |h| h.try_into().unwrap());
        tree.push(leaf);
    }
    let boundary: Value = serde_json::from_str(&lines[begins]).unwrap();
    let label = format!("\"label\":{}", boundary["boundary"]["label"]);
    let t = format!("\"t_ms\":{}", boundary["boundary"]["t_ms"]);
    let inputs = where_is(lines, |line| {
        entry(line)
            && line.contains("\"draw-inputs\"")
            && line.contains(&label)
            && line.contains(&t)
    });
    let root = hex::encode(tree.root());
    edit(lines, inputs.first().copied(), |entry| entry["facts"]["root"] = json!(root));
    true
}

fn change_k(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "person", |lines, at| {
        edit(lines, Some(at), |row| {
            let k = row["person"]["k"].as_i64().unwrap();
            row["person"]["k"] = json!(k + 1 + dice.below(3) as i64);
        })
    })
}

fn change_class(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "person", |lines, at| {
        edit(lines, Some(at), |row| {
            row["person"]["class"] = json!("holiday");
            row["person"]["slots"] = json!([]);
        })
    })
}

fn drop_row(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "person", |lines, at| {
        lines.remove(at);
        true
    })
}

fn erase_row(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let Some(at) = dice.among(&where_is(lines, member("person"))) else { return false };
    lines[at] = json!({ "erased": dice.hex(32) }).to_string();
    true
}

fn change_slots(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "person", |lines, at| {
        edit(lines, Some(at), |row| {
            if let Some(last) = row["person"]["slots"].as_array_mut().and_then(|s| s.last_mut()) {
                last[1] = json!(last[1].as_i64().unwrap() + 300_000);
            }
        })
    })
}

fn change_hazards(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "policy", |lines, at| {
        edit(lines, Some(at), |row| row["policy"]["hazards"][0] = json!(dice.hex(8)))
    })
}

fn change_verifier(lines: &mut Vec<String>, dice: &Dice) -> bool {
    row(lines, dice, "verifier", |lines, at| {
        edit(lines, Some(at), |row| row["verifier"]["sessions_max"] = json!(dice.below(4)))
    })
}

fn swap_keys(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let keys = where_is(lines, member("key"));
    let (Some(a), Some(b)) = (dice.among(&keys), dice.among(&keys)) else { return false };
    let key = |i: usize| {
        let value: Value = serde_json::from_str(&lines[i]).unwrap();
        value["key"]["key"].clone()
    };
    let (of_a, of_b) = (key(a), key(b));
    edit(lines, Some(a), |line| line["key"]["key"] = of_b);
    edit(lines, Some(b), |line| line["key"]["key"] = of_a);
    a != b
}

fn change_key(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let at = dice.among(&where_is(lines, member("key")));
    edit(lines, at, |line| line["key"]["key"] = json!(dice.hex(32)))
}

fn drop_key(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let Some(at) = dice.among(&where_is(lines, member("key"))) else { return false };
    lines.remove(at);
    true
}

fn change_label(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let named = where_is(lines, |line| line.contains("\"label\":\"20"));
    let Some(at) = dice.among(&named) else { return false };
    let begins = lines[at].find("\"label\":\"20").unwrap() + "\"label\":\"".len();
    let date: jiff::civil::Date = lines[at][begins..begins + 10].parse().unwrap();
    let other = date.saturating_add(jiff::Span::new().days(1 + dice.below(5) as i64));
    lines[at].replace_range(begins..begins + 10, &other.to_string());
    true
}

fn change_period(lines: &mut Vec<String>, dice: &Dice) -> bool {
    let field = if dice.below(2) == 0 { "from" } else { "to" };
    let days = [-2, -1, 1, 2][dice.below(4)];
    edit(lines, Some(0), |line| {
        let date: jiff::civil::Date = line["bundle"][field].as_str().unwrap().parse().unwrap();
        let other = date.saturating_add(jiff::Span::new().days(days));
        line["bundle"][field] = json!(other.to_string());
    })
}

fn change_checkpoint(lines: &mut Vec<String>, dice: &Dice) -> bool {
    edit(lines, Some(1), |line| {
        let note = line["checkpoint"]["note"].as_str().unwrap();
        let mut parts: Vec<String> = note.lines().map(str::to_owned).collect();
        match dice.below(2) {
            0 => parts[1] = (parts[1].parse::<u64>().unwrap() - 1).to_string(),
            _ => parts[2] = format!("A{}", &parts[2][1..]),
        }
        line["checkpoint"]["note"] = json!(parts.join("\n") + "\n");
    })
}
