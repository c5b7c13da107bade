//! Codes that the public knows a dimension to have, whether or not a company has declared one.

use crate::model::{Category, Direction, FlowType, Park, SECTORS, Status};
use std::collections::BTreeSet;

/// What a record without a code is counted under.
const UNKNOWN: &str = "inconnu";

/// The closed list that all of the occurring codes come from; nothing when there is none.
///
/// A table that lists only what occurs would tell that something stands behind each line.
pub(super) fn known<'a>(occurring: impl Iterator<Item = &'a str>, parks: &'a [Park]) -> Vec<String> {
    let occurring: BTreeSet<&str> = occurring.filter(|code| *code != UNKNOWN).collect();
    if occurring.is_empty() {
        return Vec::new();
    }
    let parks: Vec<&str> = parks.iter().map(|park| park.code.as_str()).collect();
    let sectors = SECTORS.map(|(code, _, _)| code);
    let lists: [&[&str]; 6] =
        [&parks, Category::CODES, Direction::CODES, FlowType::CODES, Status::CODES, &sectors];
    let list = lists.into_iter().find(|list| occurring.iter().all(|code| list.contains(code)));
    list.unwrap_or_default().iter().map(|code| (*code).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::known;
    use crate::model::Category;

    #[test]
    fn a_code_brings_the_others_of_its_list() {
        assert_eq!(known(["bois", "inconnu"].into_iter(), &[]), Category::CODES);
        assert_eq!(known(["extrant"].into_iter(), &[]), ["extrant", "intrant"]);
        assert!(known(["31", "72"].into_iter(), &[]).contains(&"54".to_owned()));
    }

    #[test]
    fn codes_of_no_list_stand_alone() {
        assert!(known(["bois", "ailleurs"].into_iter(), &[]).is_empty());
        assert!(known(["inconnu"].into_iter(), &[]).is_empty());
    }
}
