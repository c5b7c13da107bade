//! Money to cents, and other plain numbers.

use super::frequency;
use super::marks::Marks;
use super::number::{Decimal, leading_with, plain};
use super::qualifier::{self, Bound};
use super::units::{self, Kind};
use crate::model::{Frequency, Price};
use std::borrow::Cow;

/// Words for no money at all.
const FREE: &[&str] =
    &["gratuit", "gratuite", "gratuitement", "sans frais", "a donner", "free", "aucun cout", "aucun"];
/// What stands before or behind an amount for its currency.
const CURRENCIES: &[&str] = &["$", "cad", "cdn", "dollars", "dollar", "ca"];
/// What stands between an amount and what it is for.
const FOR_EACH: &[&str] = &["/", "par ", "per ", "a la ", "au ", "la ", "le ", "l'", "chaque ", "a "];

/// An amount, and how it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    /// What is paid, and what for.
    pub(crate) price: Price,
    /// It is paid every day, so the days of a year count.
    pub(crate) is_daily: bool,
    /// Nothing says what for: neither a unit nor a period.
    is_bare: bool,
}

/// What is paid, between two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paid {
    /// Cents of the lower and of the upper end; of one amount, and of a least one, both are it.
    pub(crate) cents: [i64; 2],
    /// Code of the unit that it is for; none: for all of it.
    pub(crate) per: Option<String>,
    /// It is paid every day, so the days of a year count.
    pub(crate) is_daily: bool,
    /// Whether one end only is told.
    pub(crate) bound: Bound,
}

impl Paid {
    /// The one amount that it is; none of a range and of an end.
    pub(crate) fn exact(&self) -> Option<Price> {
        let [low, high] = self.cents;
        let is_one = low == high && self.bound == Bound::Exact;
        is_one.then(|| Price { cents: low, per: self.per.clone() })
    }

    /// None where the ends are not for the same thing, or the wrong way round.
    fn between([low, high]: [Amount; 2], bound: Bound) -> Option<Self> {
        let cents = [low.price.cents, high.price.cents];
        let is_range = low.price.per == high.price.per && cents.is_sorted();
        let is_daily = low.is_daily || high.is_daily;
        is_range.then_some(Self { cents, per: high.price.per, is_daily, bound })
    }
}

/// An amount, about it, a range of amounts (`800 à 1 000 $/an`) or one end (`< 5 $/t`), under a heading that
/// says what it is for.
pub(crate) fn paid_under(heading: Option<&str>, text: &str, marks: Marks, days: u32) -> Option<Paid> {
    let one = |text: &str| amount_under(heading, text, marks, days);
    let text = plain(text);
    let (before, body) = qualifier::cut(&text);
    let (behind, body) = qualifier::cut_after(body);
    let bound = if before == Bound::Exact { behind } else { before };
    let is_between = text.starts_with("entre") || text.starts_with("between");
    if let Some((first, second)) = ends(body, is_between)
        && let Some(high) = one(second)
    {
        // What the second is for, the first is for too, unless it says it itself.
        let is_of_number = |next: char| next.is_ascii_digit() || matches!(next, ' ' | '.' | ',' | '$');
        let what = without_currency(second).0.trim_start_matches(is_of_number);
        let alone = || one(first).filter(|low| low.is_bare == high.is_bare);
        let low = one(&format!("{first} {what}")).or_else(alone).filter(|_| bound == Bound::Exact)?;
        return Paid::between([low, high], bound);
    }
    if let Some(amount) = one(&text) {
        return Paid::between([amount.clone(), amount], Bound::Exact);
    }
    let amount = one(body)?;
    let mut low = amount.clone();
    if bound == Bound::AtMost {
        low.price.cents = 0;
    }
    Paid::between([low, amount], bound)
}

/// What stands on both sides of the first mark of a range between two amounts.
fn ends(text: &str, is_between: bool) -> Option<(&str, &str)> {
    let is_amount = |text: &str| without_currency(text).0.starts_with(|next: char| next.is_ascii_digit());
    let both: &[&str] = if is_between { &[" et ", " and "] } else { &[] };
    let joints = [" a ", "-", " to ", " ou ", " or "];
    let found = joints.iter().chain(both).flat_map(|joint| text.match_indices(*joint));
    let sides = found.map(|(at, joint)| (text[..at].trim_end(), text[at + joint.len()..].trim_start()));
    sides.filter(|(first, second)| is_amount(first) && is_amount(second)).min_by_key(|(first, _)| first.len())
}

/// An amount under a heading that says what it is for: `80` below `Prix ($/t)`. The cell wins; a bare amount
/// below `Coût ($/levée)` is none, for nobody knows how many of those there are.
fn amount_under(heading: Option<&str>, text: &str, marks: Marks, days: u32) -> Option<Amount> {
    let read = amount(text, marks, days)?;
    let Some(heading) = heading.filter(|_| read.is_bare) else { return Some(read) };
    let whole = amount(&format!("{text} {heading}"), marks, days);
    if whole.is_some() || !is_for_each(heading) { whole.or(Some(read)) } else { None }
}

/// Whether a text gives money for each of something, known or not: `$/levée`.
pub(crate) fn is_for_each(text: &str) -> bool {
    let text = plain(text);
    let is_money = ["$", "cad", "dollar"].iter().any(|currency| text.contains(currency));
    is_money && ["/", " par ", " per ", " la ", " le "].iter().any(|joint| text.contains(joint))
}

/// Whether a plain text names a currency.
pub(crate) fn is_money(text: &str) -> bool {
    ["$", "cad", "dollar"].iter().any(|currency| text.contains(currency))
}

/// Whether a text says what money is counted in or paid for: `$`, `$/t`, `CAD par mois`, `par tonne`.
pub(crate) fn is_price_unit(text: &str) -> bool {
    let text = plain(text);
    let is_money = is_money(&text);
    let is_each = ["/", "par ", "per ", "a la "].iter().any(|joint| text.starts_with(joint));
    (is_money || is_each) && amount(&format!("1 {text}"), Marks::default(), 1).is_some()
}

/// Cents of `1 234,50 $`, `$1,200.00`, `12 k$`, `50 $/mois`, `gratuit`, and the price of a unit: `18 $/t`,
/// `18,50 $ / tonne`, `CAD 18/t`, `18$/tm`; none when unreadable. `days` are those of a year.
pub(crate) fn amount(text: &str, marks: Marks, days: u32) -> Option<Amount> {
    let whole = |cents, per: Option<String>, is_daily| {
        Some(Amount { price: Price { cents, per }, is_daily, is_bare: false })
    };
    let text = plain(text);
    if FREE.contains(&text.trim_end_matches(['!', '.']).trim_end()) {
        return whole(0, None, false);
    }
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => (-100, rest.trim_start()),
        None => (100, text.as_str()),
    };
    let (body, currency_first) = without_currency(body.trim_start_matches('~').trim_start());
    let body = if currency_first && !marks.are_declared() { ungrouped(body) } else { Cow::Borrowed(body) };
    let (number, rest) = leading_with(&body, marks).ok()?;
    let mut rest = rest.trim();
    let mut number = number.times(Decimal::whole(sign))?;
    if let Some(after) = rest.strip_prefix("k$").or_else(|| rest.strip_prefix("k $")) {
        number = number.times(Decimal::whole(1_000))?;
        rest = after.trim();
    }
    while let Some(after) = CURRENCIES.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = after.trim();
    }
    if rest.is_empty() {
        let price = Price { cents: number.round()?, per: None };
        return Some(Amount { price, is_daily: false, is_bare: true });
    }
    let what = FOR_EACH.iter().find_map(|word| rest.strip_prefix(word))?.trim();
    // With what stands before it: `/ 2 sem` is every second week.
    if let Some(rate) = frequency::find(rest) {
        let rate = rate.with_days(days);
        let is_daily = rate.frequency == Frequency::Daily;
        return whole(number.times(rate.times)?.round()?, None, is_daily);
    }
    let unit = units::find(what)?;
    match unit.kind {
        Kind::Mass(_) | Kind::Volume(_) | Kind::Count | Kind::NotMass(..) => {
            whole(number.round()?, Some(unit.code), false)
        }
        Kind::Ambiguous | Kind::Container | Kind::Toxicity => None,
    }
}

/// After a leading currency the English comma groups thousands (`$1,200`); one that does not part three
/// digits from three stays what it is (`$12,50`).
fn ungrouped(body: &str) -> Cow<'_, str> {
    let end = body.find(|mark: char| !mark.is_ascii_digit() && mark != ',').unwrap_or(body.len());
    let (whole, rest) = body.split_at(end);
    let mut groups = whole.split(',');
    let is_first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    let is_grouped = is_first && groups.all(|group| group.len() == 3) && whole.contains(',');
    if is_grouped && !rest.contains(',') {
        Cow::Owned(format!("{}{rest}", whole.replace(',', "")))
    } else {
        Cow::Borrowed(body)
    }
}

/// What follows the words for a currency, and whether there were some.
fn without_currency(text: &str) -> (&str, bool) {
    let mut rest = text;
    while let Some(after) = CURRENCIES
        .iter()
        .find_map(|word| rest.strip_prefix(word).filter(|after| !after.starts_with(char::is_alphabetic)))
    {
        rest = after.trim_start();
    }
    (rest, rest.len() < text.len())
}

/// A number with one of some words behind it, or none, rounded half up: each word with its factor, that of
/// no word first.
pub(crate) fn scaled(text: &str, words: &[(&str, i128)], marks: Marks) -> Option<i64> {
    let text = plain(text);
    let body = text.trim_start_matches(['~', '<', '>']).trim_start();
    let (number, rest) = leading_with(body, marks).ok()?;
    let word = rest.trim_matches([' ', '.']);
    let (_, factor) = words.iter().find(|(known, _)| *known == word)?;
    number.times(Decimal::whole(*factor))?.round()
}

#[cfg(test)]
mod tests {
    use super::{Bound, Marks};

    fn cents(text: &str) -> Option<i64> {
        let amount = super::amount(text, Marks::default(), 260)?;
        amount.price.per.is_none().then_some(amount.price.cents)
    }

    fn price(text: &str) -> Option<(i64, Option<String>)> {
        super::amount(text, Marks::default(), 260).map(|amount| (amount.price.cents, amount.price.per))
    }

    fn paid(text: &str) -> Option<([i64; 2], Option<String>, Bound)> {
        let paid = super::paid_under(None, text, Marks::default(), 260)?;
        Some((paid.cents, paid.per, paid.bound))
    }

    fn metres(text: &str) -> Option<i64> {
        super::scaled(text, &[("", 1_000), ("km", 1_000), ("m", 1)], Marks::default())
    }

    #[test]
    fn amounts_become_cents() {
        assert_eq!(cents("1 234,50 $"), Some(123_450));
        assert_eq!(cents("$1,200"), Some(120_000));
        assert_eq!(cents("CAD 1,200"), Some(120_000));
        assert_eq!(cents("50 $/mois"), Some(60_000));
        assert_eq!(cents("10 $ par jour"), Some(260_000));
        assert_eq!(cents("-20"), Some(-2_000));
        assert_eq!(cents("gratuit"), Some(0));
        assert_eq!(cents("12 $/t"), None);
        assert_eq!(cents("$12,50"), Some(1_250));
        assert_eq!(cents("CAD 12,50"), Some(1_250));
        assert_eq!(cents("$1,234.50"), Some(123_450));
        assert_eq!(cents("$1,234,567"), Some(123_456_700));
        assert_eq!(cents("$1.234,50"), Some(123_450));
        assert_eq!(cents("$12,345,6"), None);
    }

    #[test]
    fn what_is_paid_may_be_a_range_or_one_end_and_the_unit_is_of_both() {
        let of_a_year = |low, high, bound| Some(([low, high], None, bound));
        for text in [
            "800 à 1 000 $",
            "800 $ - 1 000 $",
            "entre 800 et 1 000 $/an",
            "de 800 $ à 1000 $ par an",
            "800-1000",
            "$800 to $1,000",
            "CAD 800 – 1000",
        ] {
            assert_eq!(paid(text), of_a_year(80_000, 100_000, Bound::Exact), "{text}");
        }
        assert_eq!(paid("50 à 60 $/mois"), of_a_year(60_000, 72_000, Bound::Exact));
        assert_eq!(paid("10 k$ à 20 k$"), of_a_year(1_000_000, 2_000_000, Bound::Exact));
        assert_eq!(paid("10 à 20 k$"), of_a_year(1_000_000, 2_000_000, Bound::Exact));
        for text in ["moins de 1 000 $", "< 1000", "max. 1 000 $/an", "1 000 $ au plus", "jusqu'à 1 000 $"] {
            assert_eq!(paid(text), of_a_year(0, 100_000, Bound::AtMost), "{text}");
        }
        for text in ["plus de 1 000 $", ">1000 $", "1 000 $ et plus", "min. 1 000 $"] {
            assert_eq!(paid(text), of_a_year(100_000, 100_000, Bound::AtLeast), "{text}");
        }
        for text in ["environ 1 000 $", "1 000 $ (estimé)", "~1000 $", "1 000 $"] {
            assert_eq!(paid(text), of_a_year(100_000, 100_000, Bound::Exact), "{text}");
        }
        let of_a_tonne = |low, high, bound| Some(([low, high], Some("t".to_owned()), bound));
        assert_eq!(paid("<5 $/t"), of_a_tonne(0, 500, Bound::AtMost));
        for text in ["50 à 60 $/t", "50 $/t à 60 $/t", "50-60 $ la tonne"] {
            assert_eq!(paid(text), of_a_tonne(5_000, 6_000, Bound::Exact), "{text}");
        }
        // As it was read before: the second number is of the frequency.
        assert_eq!(
            paid("50 $ à 2 fois par an"),
            cents("50 $ à 2 fois par an").and_then(|cents| of_a_year(cents, cents, Bound::Exact))
        );
        for text in
            ["60 à 50 $", "50 $/t à 60 $/m³", "10 k$ à 20 $/mois", "moins de 5 à 6 $", "à discuter", "< -5 $"]
        {
            assert_eq!(paid(text), None, "{text}");
        }
        let under = |text: &str| super::paid_under(Some("$/t"), text, Marks::default(), 260);
        assert_eq!(
            under("50 à 60").map(|paid| (paid.cents, paid.per)),
            Some(([5_000, 6_000], Some("t".to_owned())))
        );
        assert_eq!(under("<5").map(|paid| paid.cents), Some([0, 500]));
        assert_eq!(super::paid_under(Some("$/levée"), "50 à 60", Marks::default(), 260), None);
    }

    #[test]
    fn a_distance_keeps_to_its_unit() {
        assert_eq!(metres("12,5 km"), Some(12_500));
        assert_eq!(metres("~ 12"), Some(12_000));
        assert_eq!(metres("800 m"), Some(800));
        assert_eq!(metres("12 miles"), None);
        assert_eq!(metres("loin"), None);
    }

    #[test]
    fn a_heading_says_what_a_bare_amount_is_for() {
        let under = |heading: &str, text: &str| {
            let amount = super::amount_under(Some(heading), text, Marks::default(), 260)?;
            Some((amount.price.cents, amount.price.per))
        };
        let per = |cents, unit: &str| Some((cents, Some(unit.to_owned())));
        assert_eq!(under("$/t", "80"), per(8_000, "t"));
        assert_eq!(under("$/t", "80 $"), per(8_000, "t"));
        assert_eq!(under("par tonne", "80"), per(8_000, "t"));
        assert_eq!(under("$/mois", "50"), Some((60_000, None)));
        assert_eq!(under("$/mois", "50 $/an"), Some((5_000, None)));
        assert_eq!(under("$/t", "1 200 $/an"), Some((120_000, None)));
        assert_eq!(under("$", "12"), Some((1_200, None)));
        assert_eq!(under("k$", "12"), Some((1_200_000, None)));
        assert_eq!(under("bureau", "12"), Some((1_200, None)));
        assert_eq!(under("$/t", "à discuter"), None);
        assert_eq!(under("$/levée", "250"), None);
        assert_eq!(under("$/levée", "250 $/an"), Some((25_000, None)));
        assert_eq!(under("$ avant taxes", "250"), Some((25_000, None)));
        for unit in ["$", "$/t", "$ / tonne", "CAD", "$ CA par mois", "par tonne", "à la tonne", "k$", "$/m³"]
        {
            assert!(super::is_price_unit(unit), "{unit}");
        }
        for word in ["NEQ", "bureau", "t", "t/an", "", "par courriel", "$/coudée", "$ou€"] {
            assert!(!super::is_price_unit(word), "{word}");
        }
    }

    #[test]
    fn the_price_of_a_unit_keeps_its_unit() {
        let per = |cents, unit: &str| Some((cents, Some(unit.to_owned())));
        for text in [
            "18 $/t",
            "18$/tm",
            "CAD 18/t",
            "18 $ / tonne",
            "18 $ la tonne",
            "18 CAD par tonne métrique",
            "$18.00/t",
            "18 $CA/t",
        ] {
            assert_eq!(price(text), per(1_800, "t"), "{text}");
        }
        assert_eq!(price("18,50 $ / tonne"), per(1_850, "t"));
        assert_eq!(price("0,05 $/kg"), per(5, "kg"));
        assert_eq!(price("12 $/m³"), per(1_200, "m3"));
        assert_eq!(price("5 $ la palette"), per(500, "palette"));
        assert_eq!(price("1 200 $"), Some((120_000, None)));
        assert_eq!(price("50 $/mois"), Some((60_000, None)));
        for text in ["Gratuit", "gratuit!", "à donner", "sans frais", "free"] {
            assert_eq!(price(text), Some((0, None)), "{text}");
        }
        for text in ["18 $/ton", "18 $/coudée", "à discuter", "18 € / t"] {
            assert_eq!(price(text), None, "{text}");
        }
    }
}
