//! Why a filter holds for a person, in words said to him. Only the parts that make it hold are
//! named: all of an `and`, the first true one of an `or`.

use super::matching::{matches, value_compares};
use super::{Attributes, Comparison, Expression, Literal};

/// The parts that make an expression true for a person for whom it is true.
pub(super) fn reasons(expression: &Expression, person: &Attributes) -> Vec<String> {
    explain(expression, person, true)
}

/// The parts that make an expression `wanted`.
fn explain(expression: &Expression, person: &Attributes, wanted: bool) -> Vec<String> {
    match (expression, wanted) {
        (Expression::Not(inner), _) => explain(inner, person, !wanted),
        (Expression::And(parts), true) | (Expression::Or(parts), false) => {
            let mut all = Vec::new();
            for reason in parts.iter().flat_map(|p| explain(p, person, wanted)) {
                if !all.contains(&reason) {
                    all.push(reason);
                }
            }
            all
        }
        (Expression::And(parts), false) | (Expression::Or(parts), true) => {
            let first = parts.iter().find(|p| matches(p, person) == wanted);
            first.map(|p| explain(p, person, wanted)).unwrap_or_default()
        }
        (Expression::Present { attribute, .. }, true) => vec![format!("{} known", is(attribute))],
        (Expression::Present { attribute, .. }, false) => {
            vec![format!("{} not known", is(attribute))]
        }
        (Expression::Compare { attribute, operator, value, .. }, _) => {
            vec![comparison(attribute, *operator, value, person.values(attribute), wanted)]
        }
    }
}

fn comparison(
    attribute: &str,
    operator: Comparison,
    literal: &Literal,
    values: &[String],
    wanted: bool,
) -> String {
    let (operator, holds) = match operator {
        Comparison::Ne => (Comparison::Eq, !wanted),
        other => (other, wanted),
    };
    if let (Comparison::Eq, Literal::Null) = (operator, literal) {
        return format!("{} {}known", is(attribute), if holds { "not " } else { "" });
    }
    let said = literal_text(literal);
    let seen = values.iter().find(|v| value_compares(v, operator, literal));
    let said = if operator == Comparison::Eq { seen.unwrap_or(&said) } else { &said };
    let several = is_plural(attribute);
    let word = match (operator, holds, several) {
        (Comparison::Eq, true, false) => "is",
        (Comparison::Eq, false, false) => "is not",
        (Comparison::Eq, true, true) => "include",
        (Comparison::Eq, false, true) => "do not include",
        (Comparison::Co, true, _) => "contains",
        (Comparison::Co, false, _) => "does not contain",
        (Comparison::Sw, true, _) => "begins with",
        (Comparison::Sw, false, _) => "does not begin with",
        (Comparison::Ew, true, _) => "ends with",
        (Comparison::Ew, false, _) => "does not end with",
        (Comparison::Gt, true, _) | (Comparison::Le, false, _) => "is above",
        (Comparison::Ge, true, _) | (Comparison::Lt, false, _) => "is at least",
        (Comparison::Lt, true, _) | (Comparison::Ge, false, _) => "is below",
        (Comparison::Le, true, _) | (Comparison::Gt, false, _) => "is at most",
        (Comparison::Ne, ..) => "is not",
    };
    let subject = match (several, operator) {
        (true, Comparison::Eq) | (false, _) => format!("your {}", label(attribute)),
        (true, _) => format!("one of your {}", label(attribute)),
    };
    format!("{subject} {word} {said}")
}

fn is(attribute: &str) -> String {
    format!("your {} {}", label(attribute), if is_plural(attribute) { "are" } else { "is" })
}

fn is_plural(attribute: &str) -> bool {
    matches!(attribute, "roles" | "languages")
}

/// The attribute as a person would say it.
fn label(attribute: &str) -> String {
    match attribute {
        "email" => "e-mail address".into(),
        "employee_id" => "employee id".into(),
        "manager_id" => "manager's employee id".into(),
        "zone" => "time zone".into(),
        "holidays" => "holiday calendar".into(),
        other => other.strip_prefix("x_").unwrap_or(other).replace('_', " "),
    }
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        Literal::Number(number) => number.to_string(),
        Literal::Truth(truth) => truth.to_string(),
        Literal::Null => String::new(),
    }
}
