//! SCIM filters (RFC 7644 section 3.4.2.2) over what the roster says of a person: parsed with the
//! place of a mistake, checked against the known attributes, evaluated, and explained in words.
//! Complex value paths (`emails[type eq "work"]`) are refused: the roster has nothing to put in them.

mod attributes;
mod explain;
mod matching;
mod parser;
#[cfg(test)]
mod tests;
mod tokens;

pub use attributes::{Attributes, FIXED_ATTRIBUTES};

use crate::roster::did_you_mean;
use crate::sentence;
use crate::sentence::Sentence;

words! {
    /// The comparison operators.
    pub enum Comparison {
        Eq = "eq",
        Ne = "ne",
        Co = "co",
        Sw = "sw",
        Ew = "ew",
        Gt = "gt",
        Ge = "ge",
        Lt = "lt",
        Le = "le",
    }
}

/// A literal of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Text(String),
    Number(f64),
    Truth(bool),
    Null,
}

/// A parsed filter expression. Attribute names are canonical.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Present { attribute: String, position: usize },
    Compare { attribute: String, position: usize, operator: Comparison, value: Literal },
}

/// A filter together with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    text: String,
    expression: Expression,
}

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterFault {
    /// Character of the filter, from 1.
    pub position: usize,
    pub problem: Sentence,
    pub accepted: Sentence,
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    /// The first mistake of grammar, with its place.
    pub fn parse(text: &str) -> Result<Filter, FilterFault> {
        let expression = parser::parse(text)?;
        Ok(Filter { text: text.to_owned(), expression })
    }

    /// The filter as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The filter as a tree.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Checks that every attribute exists: one of `FIXED_ATTRIBUTES` or of those given.
    ///
    /// # Errors
    /// Every unknown attribute with its place, and the list of known ones.
    pub fn validate(&self, more_attributes: &[&str]) -> Result<(), Vec<FilterFault>> {
        let mut faults = Vec::new();
        unknown_attributes(&self.expression, more_attributes, &mut faults);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Whether a person with these attributes is meant.
    pub fn matches(&self, person: &Attributes) -> bool {
        matching::matches(&self.expression, person)
    }

    /// Why a person is meant: parts such as `your department is Engineering`, in the order of the
    /// filter; `None` if he is not.
    pub fn reasons(&self, person: &Attributes) -> Option<Vec<Sentence>> {
        self.matches(person).then(|| explain::reasons(&self.expression, person))
    }
}

fn unknown_attributes(expression: &Expression, more: &[&str], faults: &mut Vec<FilterFault>) {
    match expression {
        Expression::And(parts) | Expression::Or(parts) => {
            parts.iter().for_each(|p| unknown_attributes(p, more, faults));
        }
        Expression::Not(inner) => unknown_attributes(inner, more, faults),
        Expression::Present { attribute, position }
        | Expression::Compare { attribute, position, .. } => {
            let known: Vec<&str> = FIXED_ATTRIBUTES.iter().chain(more).copied().collect();
            if known.iter().any(|k| k.eq_ignore_ascii_case(attribute)) {
                return;
            }
            faults.push(FilterFault {
                position: *position,
                problem: sentence!("unknown attribute `{attribute}`", attribute),
                accepted: did_you_mean(Sentence::as_said(known.join(", ")), attribute, known),
            });
        }
    }
}
