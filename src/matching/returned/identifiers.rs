//! Identifiers as they come back: a spreadsheet may have taken one for a number (`002975749045` is 2975749045).

use super::super::follow_up::FollowUps;
use std::collections::BTreeMap;

/// The identifiers of the list.
pub(super) struct Identifiers<'a> {
    memory: &'a FollowUps,
    /// Those that a spreadsheet takes for a number, by the bits of it; none where it makes the same of several.
    numbers: BTreeMap<u64, Option<&'a str>>,
}

impl<'a> Identifiers<'a> {
    pub(super) fn new(memory: &'a FollowUps) -> Self {
        let mut numbers = BTreeMap::new();
        for id in memory.keys() {
            if let Some(number) = number(id) {
                numbers.entry(number).and_modify(|known| *known = None).or_insert(Some(id.as_str()));
            }
        }
        Self { memory, numbers }
    }

    /// The identifier that a cell says, whatever the case of its letters, or that alone gives the number in it.
    pub(super) fn find(&self, text: &str) -> Option<&'a str> {
        let text = text.to_lowercase();
        match self.memory.get_key_value(&text) {
            Some((id, _)) => Some(id.as_str()),
            None => self.numbers.get(&number(&text)?).copied().flatten(),
        }
    }
}

/// Bits of the number for which a spreadsheet takes a text in small letters.
fn number(text: &str) -> Option<u64> {
    let is_written = text.bytes().all(|byte| byte.is_ascii_digit() || b".+e".contains(&byte));
    let value: f64 = text.parse().ok()?;
    (is_written && value.is_finite()).then(|| value.to_bits())
}
