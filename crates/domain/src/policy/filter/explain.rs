//! Why a filter holds for a person, in words said to him. Only the parts that make it hold are
//! named: all of an `and`, the first true one of an `or`.

use super::matching::{matches, value_compares};
use super::{Attributes, Comparison, Expression, Literal};
use crate::sentence::{Filling, Sentence, word};
use crate::{msg, sentence};

/// The parts that make an expression true for a person for whom it is true.
pub(super) fn reasons(expression: &Expression, person: &Attributes) -> Vec<Sentence> {
    explain(expression, person, true)
}

/// The parts that make an expression `wanted`.
fn explain(expression: &Expression, person: &Attributes, wanted: bool) -> Vec<Sentence> {
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
        (Expression::Present { attribute, .. }, _) => vec![known(attribute, wanted)],
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
) -> Sentence {
    let (operator, holds) = match operator {
        Comparison::Ne => (Comparison::Eq, !wanted),
        other => (other, wanted),
    };
    if let (Comparison::Eq, Literal::Null) = (operator, literal) {
        return known(attribute, !holds);
    }
    let said = literal_text(literal);
    let seen = values.iter().find(|v| value_compares(v, operator, literal));
    let said = if operator == Comparison::Eq { seen.unwrap_or(&said) } else { &said };
    let several = is_plural(attribute);
    let name = label(attribute);
    let what = match (several, operator) {
        (true, Comparison::Eq) | (false, _) => sentence!("your {name}", name),
        (true, _) => sentence!("one of your {name}", name),
    };
    match (operator, holds, several) {
        (Comparison::Eq, true, false) => sentence!("{what} is {said}", what, said),
        (Comparison::Eq, true, true) => sentence!("{what} include {said}", what, said),
        (Comparison::Eq, false, true) => sentence!("{what} do not include {said}", what, said),
        (Comparison::Co, true, _) => sentence!("{what} contains {said}", what, said),
        (Comparison::Co, false, _) => sentence!("{what} does not contain {said}", what, said),
        (Comparison::Sw, true, _) => sentence!("{what} begins with {said}", what, said),
        (Comparison::Sw, false, _) => sentence!("{what} does not begin with {said}", what, said),
        (Comparison::Ew, true, _) => sentence!("{what} ends with {said}", what, said),
        (Comparison::Ew, false, _) => sentence!("{what} does not end with {said}", what, said),
        (Comparison::Gt, true, _) | (Comparison::Le, false, _) => {
            sentence!("{what} is above {said}", what, said)
        }
        (Comparison::Ge, true, _) | (Comparison::Lt, false, _) => {
            sentence!("{what} is at least {said}", what, said)
        }
        (Comparison::Lt, true, _) | (Comparison::Ge, false, _) => {
            sentence!("{what} is below {said}", what, said)
        }
        (Comparison::Le, true, _) | (Comparison::Gt, false, _) => {
            sentence!("{what} is at most {said}", what, said)
        }
        (Comparison::Eq, false, false) | (Comparison::Ne, ..) => {
            sentence!("{what} is not {said}", what, said)
        }
    }
}

fn known(attribute: &str, is_known: bool) -> Sentence {
    let name = label(attribute);
    match (is_plural(attribute), is_known) {
        (false, true) => sentence!("your {name} is known", name),
        (false, false) => sentence!("your {name} is not known", name),
        (true, true) => sentence!("your {name} are known", name),
        (true, false) => sentence!("your {name} are not known", name),
    }
}

fn is_plural(attribute: &str) -> bool {
    matches!(attribute, "roles" | "languages")
}

/// The attribute as a person would say it.
fn label(attribute: &str) -> Filling {
    word(match attribute {
        "email" => msg!("e-mail address"),
        "employee_id" => msg!("employee id"),
        "manager_id" => msg!("manager's employee id"),
        "zone" => msg!("time zone"),
        "holidays" => msg!("holiday calendar"),
        "name" => msg!("name"),
        "roles" => msg!("roles"),
        "languages" => msg!("languages"),
        "country" => msg!("country"),
        "cost_center" => msg!("cost center"),
        "department" => msg!("department"),
        "division" => msg!("division"),
        "employment" => msg!("employment"),
        "location" => msg!("location"),
        "team" => msg!("team"),
        "title" => msg!("title"),
        other => return other.strip_prefix("x_").unwrap_or(other).replace('_', " ").into(),
    })
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        Literal::Number(number) => number.to_string(),
        Literal::Truth(truth) => truth.to_string(),
        Literal::Null => String::new(),
    }
}
