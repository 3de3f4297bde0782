//! Which group of tonight is which of the nights before. A group is the one it shares the most people
//! with, two at least: so it keeps its number, its story and whoever looks into it while people come
//! and go.

use std::collections::BTreeSet;

/// For each found group the number of the known one it continues, each known one once.
pub fn continued<P: Ord>(known: &[BTreeSet<P>], found: &[BTreeSet<P>]) -> Vec<Option<usize>> {
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (f, members) in found.iter().enumerate() {
        for (k, before) in known.iter().enumerate() {
            let common = members.intersection(before).count();
            if common >= 2 {
                pairs.push((common, k, f));
            }
        }
    }
    // the most people in common first; then the older group
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut of_found = vec![None; found.len()];
    let mut is_taken = vec![false; known.len()];
    for (_, k, f) in pairs {
        if of_found[f].is_none() && !is_taken[k] {
            of_found[f] = Some(k);
            is_taken[k] = true;
        }
    }
    of_found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(list: &[&str]) -> Vec<BTreeSet<char>> {
        list.iter().map(|members| members.chars().collect()).collect()
    }

    #[test]
    fn a_group_goes_on_with_whom_it_shares_most_people() {
        type Row = (&'static [&'static str], &'static [&'static str], &'static [Option<usize>]);
        let table: &[Row] = &[
            (&["abc"], &["abcd"], &[Some(0)]),
            (&["abcd"], &["ab"], &[Some(0)]),
            (&["abc"], &["axy"], &[None]), // one in common is somebody who moved
            (&["abcd", "xyz"], &["xyzab"], &[Some(1)]), // two that merged
            (&["abcdef"], &["ab", "cdef"], &[None, Some(0)]), // one that fell apart
            (&["ab", "ab"], &["ab"], &[Some(0)]),
            (&[], &["ab"], &[None]),
        ];
        for (known, found, expected) in table {
            assert_eq!(continued(&sets(known), &sets(found)), *expected, "{known:?} {found:?}");
        }
    }
}
