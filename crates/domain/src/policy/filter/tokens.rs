//! The words of a filter with their places. No grammar here.

use super::FilterFault;
use crate::sentence::Sentence;
use crate::{msg, sentence};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    /// An attribute path, an operator, or `true`, `false`, `null`.
    Word(String),
    Text(String),
    Number(f64),
}

/// A token and the character, from 1, at which it begins.
pub(super) type Placed = (usize, Token);

/// Splits a filter. The last element of the pair is the place just after the text.
pub(super) fn tokens(text: &str) -> Result<(Vec<Placed>, usize), FilterFault> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = characters.get(at) {
        let position = at + 1;
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = match c {
            '(' => (Token::Open, at + 1),
            ')' => (Token::Close, at + 1),
            '"' => quoted(&characters, at)?,
            _ => bare(&characters, at)?,
        };
        tokens.push((position, token));
        at = end;
    }
    Ok((tokens, characters.len() + 1))
}

/// A JSON string (RFC 8259 section 7), decoded by the JSON reader so that escapes are right.
fn quoted(characters: &[char], start: usize) -> Result<(Token, usize), FilterFault> {
    let fault = |problem: &'static str| FilterFault {
        position: start + 1,
        problem: problem.into(),
        accepted: sentence!("text in double quotes with the escapes of JSON"),
    };
    let mut end = start + 1;
    while characters.get(end).is_some_and(|c| *c != '"') {
        end += if characters[end] == '\\' { 2 } else { 1 };
    }
    if end >= characters.len() {
        return Err(fault(msg!("the quote is not closed")));
    }
    let literal: String = characters[start..=end].iter().collect();
    let text = serde_json::from_str(&literal)
        .map_err(|_| fault(msg!("the text in quotes is not valid")))?;
    Ok((Token::Text(text), end + 1))
}

fn bare(characters: &[char], start: usize) -> Result<(Token, usize), FilterFault> {
    let is_part =
        |c: &&char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '$' | '+');
    let end = start + characters[start..].iter().take_while(is_part).count();
    let word: String = characters[start..end].iter().collect();
    let fault = |problem: Sentence, accepted: &'static str| FilterFault {
        position: start + 1,
        problem,
        accepted: accepted.into(),
    };
    if let Some('[' | ']') = characters.get(end) {
        let problem =
            sentence!("complex value paths such as emails[type eq \"work\"] are not supported");
        return Err(fault(problem, msg!("a plain attribute such as department")));
    }
    let Some(first) = word.chars().next() else {
        let problem = sentence!("`{c}` has no meaning here", c = characters[start].to_string());
        let accepted = msg!("attributes, operators, values in double quotes, parentheses");
        return Err(fault(problem, accepted));
    };
    if first.is_ascii_alphabetic() || first == '_' {
        return Ok((Token::Word(word), end));
    }
    let number = serde_json::from_str::<f64>(&word).ok().filter(|n| n.is_finite());
    let number = number.ok_or_else(|| {
        fault(
            sentence!("`{word}` is neither a word nor a number", word = word.as_str()),
            msg!("a number such as 42, or text in double quotes"),
        )
    })?;
    Ok((Token::Number(number), end))
}
