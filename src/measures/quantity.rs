//! A quantity as written: both ends, the unit and the frequency.

use super::beside;
use super::frequency::{self, Rate};
use super::marks::Marks;
use super::number::{Decimal, NumberError, leading_fraction, plain};
use super::packed::{self, contents};
use super::qualifier::{self, Bound};
use super::range::{self, Ends};
use super::{echo, named, units, worded};
use std::borrow::Cow;

/// What a quantity cell says, before units.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// Lower end.
    pub(crate) low: Decimal,
    /// Upper end.
    pub(crate) high: Decimal,
    /// Unit beside the number, empty when none.
    pub(crate) unit: String,
    /// Frequency beside the number.
    pub(crate) rate: Option<Rate>,
    /// The number is one end only: the upper one, unless it is the least.
    pub(crate) is_bound: bool,
    /// The number is the lower end only: both ends are that number, for nobody knows the upper one.
    pub(crate) is_least: bool,
    /// Words after a `/` or `par` that are no frequency.
    pub(crate) unknown_rate: bool,
    /// The lower end of the other reading of `15 à 20 000`, which may be from 15,000.
    pub(crate) shortened: Option<Decimal>,
}

/// Why a quantity gives no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuantityError {
    /// Not a quantity.
    Unreadable,
    /// `1,234`.
    Ambiguous,
    /// Below zero.
    Negative,
    /// `5/10 t`.
    NotReduced,
    /// `5 (six) t`.
    Twice,
    /// `500 kg/mois x 12`.
    Counted,
}

impl QuantityError {
    /// The readings of a text that has two, French and English; blank where there are none to list.
    pub(crate) const fn choices(self) -> (&'static str, &'static str) {
        match self {
            Self::Twice => (
                "le nombre devant la parenthèse (effacer celle-ci), celui qui est dedans (l'inscrire seul)",
                "the number before the bracket (delete that one), the number in it (write it alone)",
            ),
            Self::NotReduced => (
                "un intervalle (inscrire « 5 à 10 t »), une fraction (inscrire « 1/2 t »)",
                "a range (write “5 à 10 t”), a fraction (write “1/2 t”)",
            ),
            Self::Counted => (
                "à chaque période (inscrire « 500 kg/mois »), en tout (inscrire le total, « 6000 kg »)",
                "in each period (write “500 kg/mois”), in all (write the total, “6000 kg”)",
            ),
            Self::Unreadable | Self::Ambiguous | Self::Negative => ("", ""),
        }
    }
}

impl From<NumberError> for QuantityError {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::Unreadable => Self::Unreadable,
            NumberError::Ambiguous => Self::Ambiguous,
            NumberError::NotReduced => Self::NotReduced,
        }
    }
}

/// Bytes of the longest text that is taken apart.
const LONGEST: usize = 400;

/// Reads `2 à 3 t/sem`, `environ 500`, `<0,1`, `entre 500 kg et 2 tonnes par mois`.
pub(crate) fn read(text: &str) -> Result<Written, QuantityError> {
    read_with(text, Marks::default())
}

/// Whether an amount is only said to be about right: `environ 4 t`.
pub(crate) fn is_about(text: &str) -> bool {
    qualifier::is_about(&plain(text))
}

/// The same, where the marks of the column are declared.
pub(crate) fn read_with(text: &str, marks: Marks) -> Result<Written, QuantityError> {
    // A text of that length says more than an amount.
    if text.len() > LONGEST {
        return Err(QuantityError::Unreadable);
    }
    // A cell whose format shows another number than it holds, and an amount of money.
    if text.contains(['≠', '$', '€', '£']) {
        return Err(QuantityError::Ambiguous);
    }
    let text = named::as_range(echo::without(worded::in_digits(plain(text)), marks)?);
    let (bound, body) = qualifier::cut(&text);
    // A sign that every number could have.
    let signed = body.strip_prefix('+').filter(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    let body = signed.unwrap_or(body);
    if body.starts_with('(')
        && body.ends_with(')')
        && body[1..].starts_with(|first: char| first.is_ascii_digit())
    {
        return Err(QuantityError::Negative);
    }
    if let Some((rate, rest)) = rate_first(body) {
        let written = read_with(rest, marks)?;
        let is_twice = written.rate.is_some() || written.unknown_rate;
        return if is_twice {
            Err(QuantityError::Ambiguous)
        } else {
            Ok(Written { rate: Some(rate), ..written })
        };
    }
    let (first, rest) = number(body, marks)?;
    if first.value.is_negative() {
        return Err(QuantityError::Negative);
    }
    let (first, rest) = and_a_part(first, rest);
    let rest = rest.as_ref();
    if has_no_end(rest) || is_doubted(body) || is_difference(body) {
        return Err(QuantityError::Ambiguous);
    }
    if let Some(each) = contents(rest, marks) {
        return each?.so_many(first.value, first.value, bound);
    }
    let between = text.starts_with("entre") || text.starts_with("between");
    let Ends { low, high, tail, shortened } = match range::ends(first, rest, between, marks)? {
        Some(ends) => ends,
        None if bound == Bound::AtMost => Ends::new(Decimal::whole(0), first.value, rest),
        None => match range::tolerance(first.value, rest, marks)? {
            Some(ends) => ends,
            None => Ends::new(first.value, first.value, rest),
        },
    };
    if let Some(each) = contents(&tail, marks) {
        let all = each?.so_many(low, high, bound)?;
        return Ok(Written { shortened: shortened.or(all.shortened), ..all });
    }
    let (low, high, tail) = match packed::counted(&tail, marks).transpose()? {
        Some((times, unit)) => {
            let ends = low.times(times).zip(high.times(times)).ok_or(QuantityError::Unreadable)?;
            (ends.0, ends.1, unit)
        }
        None => (low, high, tail),
    };
    if let Some(bracketed) = packed::in_bracket(&tail, marks) {
        // Of one, what it holds is all of it; of several, nobody knows which is meant.
        let is_one = low.compare(high).is_eq() && low.compare(Decimal::whole(1)).is_eq();
        return if is_one { bracketed.so_many(low, high, bound) } else { Err(QuantityError::Ambiguous) };
    }
    if packed::is_contradicted((low, high), &tail, marks) || has_no_end(&tail) {
        return Err(QuantityError::Ambiguous);
    }
    let tail = beside::undisputed((low, high), &tail, marks)?;
    let (is_more, tail) = and_more(tail);
    let (after, tail) = qualifier::cut_after(tail);
    let (unit, rate_text) = split_rate(tail);
    // `10 t max par an`
    let (beside_unit, unit) = qualifier::cut_after(unit);
    let after = match (after, beside_unit) {
        (Bound::Exact, bound) | (bound, Bound::Exact) => bound,
        (one, other) if one == other => one,
        _ => return Err(QuantityError::Ambiguous),
    };
    let is_most = Bound::AtMost == bound || Bound::AtMost == after;
    let is_least =
        (Bound::AtLeast == bound || Bound::AtLeast == after || is_more) && low.compare(high).is_eq();
    let is_bound = is_most || is_least;
    let low = if after == Bound::AtMost { Decimal::whole(0) } else { low };
    let rate = rate_text.and_then(frequency::find);
    let unknown_rate = rate_text.is_some() && rate.is_none();
    let (unit, rate) = multiplier(unit, rate);
    let unit = unit.trim().trim_matches(['.', ',', ';', ':']).trim().to_owned();
    let is_least = is_least && !is_most;
    Ok(Written { low, high, unit, rate, is_bound, is_least, unknown_rate, shortened })
}

/// `5-`, `5- t` and `5 t-`: a range without its other end, or a minus behind the number. The hyphen of
/// `5-t` joins.
fn has_no_end(tail: &str) -> bool {
    let is_open = tail.strip_prefix('-').is_some_and(|rest| {
        !rest.starts_with(char::is_alphabetic)
            && !rest.trim_start().starts_with(|next: char| next.is_ascii_digit())
    });
    is_open || tail.ends_with('-') && !tail.ends_with("/-") && !tail.ends_with("+-")
}

/// `5 t?`, `5? t` and `5-? t`: whoever wrote it does not know.
fn is_doubted(text: &str) -> bool {
    text.contains('?')
}

/// `2 t de moins par mois`, `5 t more than before`: how much it changes by, and not how much it is.
/// `5 sacs de plus de 25 kg` is none.
fn is_difference(text: &str) -> bool {
    const CHANGES: [&str; 6] = ["de plus", "de moins", "en plus", "en moins", "more", "less"];
    let is_one = |at: usize, word: &str| {
        let (before, behind) = (&text[..at], &text[at + word.len()..]);
        let than = ["de ", "d'", "than "].iter().find_map(|than| behind.trim_start().strip_prefix(than));
        let is_bound = than.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
        let is_word = !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric);
        is_word && !is_bound && !before.ends_with("or ")
    };
    CHANGES.iter().any(|word| text.match_indices(word).any(|(at, _)| is_one(at, word)))
}

/// `5+ t/an` and `5 t+` are five and more.
fn and_more(tail: &str) -> (bool, &str) {
    let before = tail.strip_prefix('+').map(str::trim_start);
    let before = before.filter(|rest| !rest.starts_with(|next: char| next == '/' || next.is_ascii_digit()));
    let behind = tail.strip_suffix('+').map(str::trim_end).filter(|rest| !rest.contains('+'));
    before.or(behind).map_or((false, tail), |rest| (true, rest))
}

impl Written {
    /// So many times what one holds.
    fn so_many(self, low: Decimal, high: Decimal, bound: Bound) -> Result<Self, QuantityError> {
        let low = if bound == Bound::AtMost { Decimal::whole(0) } else { low };
        let ends = low.times(self.low).zip(high.times(self.high));
        let (low, high) = ends.ok_or(QuantityError::Unreadable)?;
        let is_least = self.is_least || bound == Bound::AtLeast;
        Ok(Self { low, high, is_bound: self.is_bound || bound != Bound::Exact, is_least, ..self })
    }
}

/// A number with its `millions` or `douzaine`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    /// The whole of it.
    pub(super) value: Decimal,
    /// What the word behind the digits multiplies them by.
    pub(super) factor: Option<Decimal>,
}

/// The number at the start of plain text, and what follows it without its `de`.
pub(super) fn number(text: &str, marks: Marks) -> Result<(Number, &str), QuantityError> {
    let (value, rest) = leading_fraction(text, marks)?;
    // An exponent, or a footnote.
    if rest.starts_with('^') {
        return Err(QuantityError::Ambiguous);
    }
    let (value, rest) = match power_of_ten(rest) {
        Some((times, rest)) => (value.times(times).ok_or(QuantityError::Unreadable)?, rest),
        None if is_power(text, rest) => return Err(QuantityError::Unreadable),
        None => (value, rest),
    };
    let (factor, rest) = worded::multiple(rest);
    let times = factor.map(Decimal::whole);
    let value = times.map_or(Some(value), |times| value.times(times)).ok_or(QuantityError::Unreadable)?;
    let of = ["de ", "d'", "of "].iter().find_map(|joint| rest.strip_prefix(joint));
    Ok((Number { value, factor: times }, of.unwrap_or(rest)))
}

/// What a spreadsheet writes behind a wide number, and what follows it: `e+03`; and `x 10^3`.
fn power_of_ten(rest: &str) -> Option<(Decimal, &str)> {
    const LARGEST: u32 = 12;
    let times_ten = || rest.strip_prefix(['x', '×', '*'])?.trim_start().strip_prefix("10^");
    let power = rest.strip_prefix('e').or_else(times_ten)?;
    let power = power.strip_prefix('+').unwrap_or(power);
    let end = power.find(|next: char| !next.is_ascii_digit()).unwrap_or(power.len());
    let (power, rest) = power.split_at(end);
    let power: u32 = power.parse().ok().filter(|power| *power <= LARGEST)?;
    let is_apart = !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '.' | ','));
    is_apart.then(|| (Decimal::whole(10_i128.pow(power)), rest.trim_start()))
}

/// Whether what follows a number goes on with it as a power of ten: `1e400`.
fn is_power(text: &str, rest: &str) -> bool {
    let is_close = text[..text.len() - rest.len()].ends_with(|last: char| last.is_ascii_digit());
    is_close
        && rest.strip_prefix('e').is_some_and(|power| power.starts_with(|next: char| next.is_ascii_digit()))
}

/// `2 fois par mois` before `500 kg`, and what follows it.
fn rate_first(body: &str) -> Option<(Rate, &str)> {
    let is_counted = |word: &str| {
        let times = word.trim_start_matches(|digit: char| digit.is_ascii_digit());
        ["fois", "time", "times", "x"].contains(&times)
            || (times.len() < word.len() && times.starts_with("x/"))
    };
    let is_rate = |text: &str| text.split(' ').any(is_counted) && frequency::find(text).is_some();
    let numbers = body.match_indices(' ').map(|(at, _)| at + 1);
    let mut numbers = numbers.filter(|at| body[*at..].starts_with(|next: char| next.is_ascii_digit()));
    let at = numbers.rfind(|at| is_rate(&body[..*at]))?;
    Some((frequency::find(&body[..at])?, &body[at..]))
}

/// `2 tonnes et demie` is two and a half, `une tonne et quart` one and a quarter.
fn and_a_part(number: Number, rest: &str) -> (Number, Cow<'_, str>) {
    const PARTS: [(&str, &str); 9] = [
        (" et demie", "0.5"),
        (" et demi", "0.5"),
        (" and a half", "0.5"),
        (" et quart", "0.25"),
        (" et un quart", "0.25"),
        (" et 1 quart", "0.25"),
        (" and a quarter", "0.25"),
        (" et trois quarts", "0.75"),
        (" et 3 quarts", "0.75"),
    ];
    // `3 quarts de tonne` is another amount, and no part of this one.
    let is_of_another =
        |behind: &str| behind.strip_prefix(" de ").is_some_and(|of| units::find(of).is_some());
    let is_apart = |behind: &str| !behind.starts_with(char::is_alphabetic) && !is_of_another(behind);
    let found = PARTS.iter().find_map(|(words, part)| {
        let (unit, behind) = rest.split_once(words).filter(|(_, behind)| is_apart(behind))?;
        Some((unit, behind, number.value.plus(Decimal::parse_plain(part)?)?))
    });
    match found {
        Some((unit, behind, value)) if units::find(unit).is_some() => {
            (Number { value, ..number }, Cow::Owned(format!("{unit}{behind}")))
        }
        _ => (number, Cow::Borrowed(rest)),
    }
}

/// Whether the point of `1.500 t` could group thousands. A person who writes the unit beside the
/// number writes it so; what systems export has its unit elsewhere, and its points are decimal,
/// unless other quantities of the source have decimal `commas`.
pub(crate) fn could_group(text: &str, commas: bool) -> bool {
    let text = plain(text);
    let (_, body) = qualifier::cut(&text);
    let Some((whole, rest)) = body.split_once('.') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let marked = rest[digits..].starts_with(['.', ',']);
    let after = rest[digits..].trim_start();
    (1..=3).contains(&whole.len())
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && !whole.starts_with('0')
        && digits == 3
        // A second mark says what the first is.
        && !marked
        && (after.starts_with(char::is_alphabetic) || commas)
}

/// Whether a quantity has a decimal comma: digits before it, and after it not three, which could
/// be thousands.
pub(crate) fn has_decimal_comma(text: &str) -> bool {
    let text = plain(text);
    let Some((whole, rest)) = text.split_once(',') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    whole.ends_with(|last: char| last.is_ascii_digit()) && digits > 0 && digits != 3 && !rest.contains(',')
}

/// Splits `t/sem`, `tonnes par mois`, `kg hebdomadaire`, `t twice a month` or `t an` into unit and
/// frequency: the longest end that is a frequency, behind a known unit or behind nothing.
pub(crate) fn split_rate(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    if units::is_one(text) {
        return (text, None);
    }
    if let Some((unit, rate)) = glued(text) {
        return (unit, Some(rate));
    }
    // Behind a unit first: `l par an` is litres, and `l'an` only where no unit is.
    let starts = text.match_indices([' ', '/']).map(|(at, _)| at).filter(|at| *at > 0);
    for at in starts.chain([0]) {
        let unit = text[..at].trim_end_matches([' ', ',', ';']);
        if frequency::find(&text[at..]).is_some() && (unit.is_empty() || units::find(unit).is_some()) {
            return (unit, Some(text[at..].trim()));
        }
    }
    // What separates stays with the rate: `/ 2 sem` is every second week, `2 sem` is not.
    for separator in
        ["/", " par ", " per ", " a chaque ", " chaque ", " aux ", " tous les ", " toutes les ", " every "]
    {
        if let Some(at) = text.find(separator) {
            return (text[..at].trim(), Some(text[at..].trim()));
        }
    }
    if ["par ", "per ", "chaque ", "aux ", "tous les ", "toutes les ", "every "]
        .iter()
        .any(|start| text.starts_with(start))
    {
        return ("", Some(text));
    }
    (text, None)
}

/// The unit and the frequency of `tpa` and `kgpj`; of tonnes and kilograms only, for `GPa` is a pressure.
fn glued(text: &str) -> Option<(&str, &str)> {
    let unit = ["pa", "pj"].iter().find_map(|end| text.strip_suffix(end))?;
    ["t", "tm", "kt", "kg"].contains(&unit).then(|| (unit, &text[unit.len() + 1..]))
}

/// The unit and the rate that a unit cell or heading gives.
pub(crate) fn unit_and_rate(text: &str) -> (String, Option<Rate>, bool) {
    let text = plain(text);
    let (unit, rate_text) = split_rate(&text);
    let rate = rate_text.and_then(frequency::find);
    let unknown = rate_text.is_some() && rate.is_none();
    (unit.to_owned(), rate, unknown)
}

/// Whether a unit cell says what one container holds: `sacs de 25 kg`.
pub(crate) fn is_packed(unit: &str, marks: Marks) -> bool {
    contents(&plain(unit), marks).is_some()
}

/// `kg 1,5 fois` before `/semaine`: the count belongs to the frequency.
fn multiplier(unit: &str, rate: Option<Rate>) -> (&str, Option<Rate>) {
    let Some(known) = rate else { return (unit, rate) };
    for mark in [" fois", "fois", " x", "x"] {
        if let Some(head) = unit.strip_suffix(mark) {
            let (before, count) = head.rsplit_once(' ').unwrap_or(("", head));
            if let Some(times) = frequency::multiplied(known, count) {
                return (before, Some(times));
            }
        }
    }
    (unit, rate)
}
