//! The grammar of a filter: `or` binds weaker than `and`, `not` needs parentheses (RFC 7644,
//! figure 1). Words of the grammar are case-insensitive.

use super::attributes::canonical;
use super::tokens::{Placed, Token, tokens};
use super::{Comparison, Expression, FilterFault, Literal};
use crate::roster::did_you_mean;
use crate::sentence::Filling;
use crate::{msg, sentence};

/// Deepest nesting of parentheses; more is a mistake or an attack on the stack.
const DEPTH_MAX: usize = 32;

pub(super) fn parse(text: &str) -> Result<Expression, FilterFault> {
    let (tokens, end) = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, end, depth: 0 };
    let expression = parser.or()?;
    match parser.peek() {
        None => Ok(expression),
        Some((position, token)) => {
            let problem = sentence!("{token} follows a complete filter", token = shown(token));
            let accepted = sentence!("and, or, or the end");
            Err(FilterFault { position: *position, problem, accepted })
        }
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Placed> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Placed> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn fault<T>(&self, found: Option<Placed>, accepted: &'static str) -> Result<T, FilterFault> {
        let (position, problem) = match found {
            Some((position, token)) => {
                (position, sentence!("{token} is not expected here", token = shown(&token)))
            }
            None => (self.end, sentence!("the filter ends too early")),
        };
        Err(FilterFault { position, problem, accepted: accepted.into() })
    }

    /// Takes the next word if it is this word of the grammar.
    fn takes(&mut self, keyword: &str) -> bool {
        let is_next =
            matches!(self.peek(), Some((_, Token::Word(w))) if w.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is_next);
        is_next
    }

    fn or(&mut self) -> Result<Expression, FilterFault> {
        let mut parts = vec![self.and()?];
        while self.takes("or") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Or(parts) })
    }

    fn and(&mut self) -> Result<Expression, FilterFault> {
        let mut parts = vec![self.term()?];
        while self.takes("and") {
            parts.push(self.term()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::And(parts) })
    }

    fn term(&mut self) -> Result<Expression, FilterFault> {
        if self.takes("not") {
            return match self.peek() {
                Some((_, Token::Open)) => Ok(Expression::Not(Box::new(self.group()?))),
                other => self.fault(
                    other.cloned(),
                    msg!("parentheses after `not`, as in not (country eq \"PT\")"),
                ),
            };
        }
        match self.peek() {
            Some((_, Token::Open)) => self.group(),
            Some((_, Token::Word(_))) => self.comparison(),
            other => {
                self.fault(other.cloned(), msg!("an attribute, `not` or an opening parenthesis"))
            }
        }
    }

    fn group(&mut self) -> Result<Expression, FilterFault> {
        let opened = self.next();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return self.fault(opened, msg!("at most 32 parentheses inside each other"));
        }
        let inner = self.or()?;
        self.depth -= 1;
        match self.next() {
            Some((_, Token::Close)) => Ok(inner),
            other => self.fault(other, msg!("and, or, or a closing parenthesis")),
        }
    }

    fn comparison(&mut self) -> Result<Expression, FilterFault> {
        let Some((position, Token::Word(name))) = self.next() else {
            return self.fault(None, msg!("an attribute"));
        };
        let attribute = canonical(&name);
        let (operator_position, word) = match self.next() {
            Some((p, Token::Word(word))) => (p, word.to_lowercase()),
            other => return self.fault(other, OPERATORS),
        };
        if word == "pr" {
            return Ok(Expression::Present { attribute, position });
        }
        let Some(operator) = Comparison::from_code(&word) else {
            let known = Comparison::ALL.iter().map(|c| c.code()).chain(["pr"]);
            return Err(FilterFault {
                position: operator_position,
                problem: sentence!("`{word}` is not an operator", word = word.as_str()),
                accepted: did_you_mean(OPERATORS.into(), &word, known),
            });
        };
        let value = self.literal(operator)?;
        Ok(Expression::Compare { attribute, position, operator, value })
    }

    fn literal(&mut self, operator: Comparison) -> Result<Literal, FilterFault> {
        use Comparison::{Eq, Ne};
        let any = matches!(operator, Eq | Ne);
        let is_ordering =
            matches!(operator, Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le);
        match self.next() {
            Some((_, Token::Text(text))) => Ok(Literal::Text(text)),
            Some((_, Token::Number(number))) if any || is_ordering => Ok(Literal::Number(number)),
            Some((_, Token::Word(w))) if any && w == "true" => Ok(Literal::Truth(true)),
            Some((_, Token::Word(w))) if any && w == "false" => Ok(Literal::Truth(false)),
            Some((_, Token::Word(w))) if any && w == "null" => Ok(Literal::Null),
            other if any => {
                self.fault(other, msg!("text in double quotes, a number, true, false or null"))
            }
            other if is_ordering => self.fault(other, msg!("text in double quotes or a number")),
            other => self.fault(other, msg!("text in double quotes")),
        }
    }
}

const OPERATORS: &str = "eq, ne, co, sw, ew, gt, ge, lt, le, pr";

fn shown(token: &Token) -> Filling {
    match token {
        Token::Open => "`(`".into(),
        Token::Close => "`)`".into(),
        Token::Word(word) => format!("`{word}`").into(),
        Token::Text(text) => sentence!("the text \"{text}\"", text).into(),
        Token::Number(number) => {
            sentence!("the number {number}", number = number.to_string()).into()
        }
    }
}
