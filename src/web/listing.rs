//! Long lists: what was asked for in the address, and the way to its other pages. Sorting and paging
//! are links, so that they work without JavaScript and can be kept as a bookmark.

use muster_messages::pages::Pager;
use muster_messages::t;

/// Rows of one page.
pub const PAGE_SIZE: usize = 50;

/// How a list is asked for; filters are the list's own.
#[derive(Debug, Clone)]
pub struct Listing {
    path: &'static str,
    /// The filters in force as a query string, encoded.
    pub kept: String,
    pub sort: &'static str,
    pub is_descending: bool,
    page: usize,
}

impl Listing {
    /// `keys` are what the list can be sorted by, the usual one first; `filters` are name and value.
    pub fn new(
        path: &'static str,
        keys: &[&'static str],
        [sort, order, page]: [&str; 3],
        filters: &[(&str, &str)],
    ) -> Listing {
        let mut kept = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
            kept.append_pair(name, value);
        }
        let usual = keys.first().copied().unwrap_or_default();
        Listing {
            path,
            kept: kept.finish(),
            sort: keys.iter().copied().find(|key| *key == sort).unwrap_or(usual),
            is_descending: order == "desc",
            page: page.parse().unwrap_or(1).max(1),
        }
    }

    /// What of everything found stands on this page, and the way to the others.
    pub fn paged<'a, T>(&self, found: &'a [T]) -> (&'a [T], Pager) {
        let (first, last) = self.rows(found.len());
        (&found[first..last], self.pager(found.len()))
    }

    /// Which rows of `total` stand on this page: from the first to before the last.
    pub fn rows(&self, total: usize) -> (usize, usize) {
        let page = self.page.min(total.div_ceil(PAGE_SIZE).max(1));
        let first = (page - 1) * PAGE_SIZE;
        (first, (first + PAGE_SIZE).min(total))
    }

    /// The way to the other pages.
    pub fn pager(&self, total: usize) -> Pager {
        let (first, last) = self.rows(total);
        let (page, path, sort) = (first / PAGE_SIZE + 1, self.path, self.sort);
        let order = if self.is_descending { "desc" } else { "asc" };
        let rest = if self.kept.is_empty() { String::new() } else { format!("{}&", self.kept) };
        let url = |page: usize| format!("{path}?{rest}sort={sort}&order={order}&page={page}");
        Pager {
            shown: match total {
                0 => t!("0 of 0").to_owned(),
                _ => t!("{first} to {n} of {total}", total, first = first + 1, n = last),
            },
            earlier_url: (page > 1).then(|| url(page - 1)),
            later_url: (last < total).then(|| url(page + 1)),
        }
    }
}

/// What is searched for, as it is shown and as it is compared.
pub fn searched(typed: &str) -> (String, String) {
    let query: String = typed.trim().chars().take(100).collect();
    let wanted = query.to_lowercase();
    (query, wanted)
}
