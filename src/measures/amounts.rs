//! Money to cents, and other plain numbers.

use super::frequency;
use super::marks::Marks;
use super::number::{Decimal, leading_with, plain};
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

/// An amount under a heading that says what it is for: `80` below `Prix ($/t)`. The cell wins; a bare amount
/// below `Coût ($/levée)` is none, for nobody knows how many of those there are.
pub(crate) fn amount_under(heading: Option<&str>, text: &str, marks: Marks, days: u32) -> Option<Amount> {
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

/// Whether a text says what money is counted in or paid for: `$`, `$/t`, `CAD par mois`, `par tonne`.
pub(crate) fn is_price_unit(text: &str) -> bool {
    let text = plain(text);
    let is_money = ["$", "cad", "dollar"].iter().any(|currency| text.contains(currency));
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
        Kind::Mass(_) | Kind::Volume(_) | Kind::Count | Kind::NotMass => {
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
    use super::Marks;

    fn cents(text: &str) -> Option<i64> {
        let amount = super::amount(text, Marks::default(), 260)?;
        amount.price.per.is_none().then_some(amount.price.cents)
    }

    fn price(text: &str) -> Option<(i64, Option<String>)> {
        super::amount(text, Marks::default(), 260).map(|amount| (amount.price.cents, amount.price.per))
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
