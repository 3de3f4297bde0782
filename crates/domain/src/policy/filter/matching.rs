//! Whether a person's attributes satisfy a filter.
//!
//! Text is compared without regard to case. An attribute with several values satisfies a comparison
//! if one value does; `ne` is the opposite of `eq`, so it holds where no value is equal, also where
//! there is none. A number compares as a number with values that read as one.

use super::{Attributes, Comparison, Expression, Literal};
use std::cmp::Ordering;

pub(super) fn matches(expression: &Expression, person: &Attributes) -> bool {
    match expression {
        Expression::And(parts) => parts.iter().all(|p| matches(p, person)),
        Expression::Or(parts) => parts.iter().any(|p| matches(p, person)),
        Expression::Not(inner) => !matches(inner, person),
        Expression::Present { attribute, .. } => is_present(person.values(attribute)),
        Expression::Compare { attribute, operator, value, .. } => {
            compares(person.values(attribute), *operator, value)
        }
    }
}

fn is_present(values: &[String]) -> bool {
    values.iter().any(|v| !v.is_empty())
}

fn compares(values: &[String], operator: Comparison, literal: &Literal) -> bool {
    match (operator, literal) {
        (Comparison::Ne, _) => !compares(values, Comparison::Eq, literal),
        (Comparison::Eq, Literal::Null) => !is_present(values),
        _ => values.iter().any(|v| value_compares(v, operator, literal)),
    }
}

/// Whether one value satisfies one comparison other than `ne`.
pub(super) fn value_compares(value: &str, operator: Comparison, literal: &Literal) -> bool {
    let wanted = match literal {
        Literal::Null => return false,
        Literal::Number(number) => {
            let ordering = value.parse::<f64>().ok().and_then(|v| v.partial_cmp(number));
            return ordering.is_some_and(|o| ordered(o, operator));
        }
        Literal::Truth(truth) => truth.to_string(),
        Literal::Text(text) => text.to_lowercase(),
    };
    let value = value.to_lowercase();
    match operator {
        Comparison::Co => value.contains(&wanted),
        Comparison::Sw => value.starts_with(&wanted),
        Comparison::Ew => value.ends_with(&wanted),
        _ => ordered(value.cmp(&wanted), operator),
    }
}

fn ordered(ordering: Ordering, operator: Comparison) -> bool {
    match operator {
        Comparison::Eq => ordering.is_eq(),
        Comparison::Gt => ordering.is_gt(),
        Comparison::Ge => ordering.is_ge(),
        Comparison::Lt => ordering.is_lt(),
        Comparison::Le => ordering.is_le(),
        Comparison::Ne | Comparison::Co | Comparison::Sw | Comparison::Ew => false,
    }
}
