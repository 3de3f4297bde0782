//! What a filter can ask about a person: the roster's fixed fields, his roles in force and the
//! attribute columns. Every attribute is a list; most have one value.

use crate::person::Role;
use crate::roster::RosterPerson;
use std::collections::{BTreeMap, BTreeSet};

/// Attributes every person has, besides the attribute columns of the roster.
pub const FIXED_ATTRIBUTES: &[&str] =
    &["email", "employee_id", "holidays", "languages", "manager_id", "name", "roles", "zone"];

/// Names SCIM uses for what the roster calls otherwise (RFC 7643), lower case.
const SCIM_NAMES: &[(&str, &str)] = &[
    ("username", "email"),
    ("emails", "email"),
    ("emails.value", "email"),
    ("displayname", "name"),
    ("name.formatted", "name"),
    ("externalid", "employee_id"),
    ("employeenumber", "employee_id"),
    ("manager", "manager_id"),
    ("manager.value", "manager_id"),
    ("roles.value", "roles"),
    ("timezone", "zone"),
    ("preferredlanguage", "languages"),
    ("usertype", "employment"),
    ("costcenter", "cost_center"),
];

/// The roster's name of an attribute: lower case, without a SCIM schema prefix, SCIM names mapped.
pub(super) fn canonical(name: &str) -> String {
    let name = name.to_lowercase();
    let bare = match name.starts_with("urn:") {
        true => name.rsplit(':').next().unwrap_or(&name),
        false => &name,
    };
    let mapped = SCIM_NAMES.iter().find(|(scim, _)| *scim == bare);
    mapped.map_or(bare, |(_, ours)| *ours).to_owned()
}

/// The attributes of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    employee_id: String,
    values: BTreeMap<String, Vec<String>>,
}

impl Attributes {
    /// The attributes of a person with the roles in force (those a file merely asks for do not
    /// count). `employee` is always among the roles.
    pub fn of(person: &RosterPerson, roles: &BTreeSet<Role>) -> Attributes {
        let roles = BTreeSet::from([Role::Employee]).into_iter().chain(roles.iter().copied());
        let roles: BTreeSet<Role> = roles.collect();
        let one = |value: &str| vec![value.to_owned()];
        let optional = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
        let fixed = [
            ("employee_id", one(&person.employee_id)),
            ("name", one(&person.name)),
            ("email", [one(&person.email), optional(&person.second_email)].concat()),
            ("manager_id", optional(&person.manager_id)),
            ("roles", roles.iter().map(|r| r.code().to_owned()).collect()),
            ("languages", person.languages.clone()),
            ("zone", one(&person.zone)),
            ("holidays", optional(&person.holidays)),
        ];
        let more = person.attributes.iter().map(|(name, value)| (name.as_str(), one(value)));
        let values = fixed.into_iter().chain(more).map(|(name, values)| (name.to_owned(), values));
        Attributes { employee_id: person.employee_id.clone(), values: values.collect() }
    }

    /// Whose attributes these are.
    pub fn employee_id(&self) -> &str {
        &self.employee_id
    }

    /// The values of an attribute by its canonical name; empty if it has none.
    pub fn values(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn scim_names_lead_to_the_same_attributes() {
        assert_eq!(canonical("userName"), "email");
        assert_eq!(
            canonical("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"),
            "manager_id"
        );
        assert_eq!(canonical("Department"), "department");
    }
}
