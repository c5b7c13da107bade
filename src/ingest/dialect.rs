//! The form of a text file: delimiter, quotation mark, escape. Declared forms win.
//!
//! How far the first rows agree on their width finds the likeliest form, says how sure that is,
//! and gives the next best. Where it leaves two forms open, `csv-nose` is asked (table
//! uniformity: García, Data Science 7(2), 2024).

use super::blanks;
use super::header::key;
use super::vocabulary;
use crate::config::Text;
use crate::model::fold;
use crate::telemetry;
use csv_nose::{SampleSize, Sniffer};
use std::collections::BTreeMap;

/// Of two that fit as well, the comma is the likelier decimal sign, so it comes last.
const DELIMITERS: [u8; 7] = [b'\t', b';', b'|', b'^', b'~', b':', b','];
/// Delimiters that are tried even when the rows do not agree under them.
const COMMON: [u8; 4] = [b'\t', b';', b'|', b','];
/// Share of rows, percent, that agree under a usual delimiter before no other is looked at.
const AGREED: u32 = 60;
/// What parts the cells of one column: a mark that no text has.
pub(super) const NONE: u8 = 0x1f;
/// How sure blanks are as delimiters, percent: a column of texts may have as many words in each row.
const BLANKS_SURE: u32 = 80;
/// Rows below a title among which the heading of its table is looked for.
const BELOW_TITLE: usize = 10;
const SAMPLE_ROWS: usize = 100;
const SAMPLE_BYTES: usize = 1 << 16;

/// How a text file is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) escape: Option<u8>,
    /// Spaces stand between a delimiter and the quotation mark that opens a field.
    pub(super) is_spaced: bool,
    /// Fields are guarded so that no spreadsheet takes them for numbers: `="00123"`, `'00123`.
    pub(super) is_guarded: bool,
    /// Each line stands in quotation marks as a whole.
    pub(super) is_wrapped: bool,
    /// How sure the delimiter is, percent; 100 when declared.
    pub(super) sure: u32,
    /// The same of the quotation mark; 100 also when no cell stands in one.
    pub(super) quote_sure: u32,
    /// The same of the escape.
    pub(super) escape_sure: u32,
}

impl Dialect {
    /// A form with double quotation marks.
    pub(super) const fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            quote: Some(b'"'),
            escape: None,
            is_spaced: false,
            is_guarded: false,
            is_wrapped: false,
            sure: 100,
            quote_sure: 100,
            escape_sure: 100,
        }
    }

    /// One field a line.
    pub(super) const fn of_lines() -> Self {
        Self::new(NONE)
    }

    /// Whether the text is taken apart as it stands.
    pub(super) const fn is_plain(&self) -> bool {
        !(self.is_spaced || self.is_guarded || self.is_wrapped)
    }

    /// A reader of the text in this form; rows may differ in width.
    pub(super) fn reader<'a>(&self, text: &'a str) -> csv::Reader<&'a [u8]> {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.delimiter).escape(self.escape);
        builder.double_quote(self.escape.is_none()).buffer_capacity(1 << 16);
        match self.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        builder.from_reader(text.as_bytes())
    }
}

/// The text without an `sep=` line, and its likely forms, the likeliest first.
pub(super) fn find<'a>(text: &'a str, declared: &Text) -> (&'a str, Vec<Dialect>) {
    let (text, said) = separator_line(text);
    let text = without_footer(text, declared.footer.unwrap_or(0));
    let declared_delimiter = declared.delimiter.as_deref().and_then(single_byte);
    let sample = sample(text);
    let is_guarded = is_guarded(text.as_bytes());
    let may_be_wrapped = declared.quote.as_deref().is_none_or(|quote| quote == "\"");
    let inside = if may_be_wrapped { unwrapped(sample, declared_delimiter.or(said)) } else { None };
    let (is_wrapped, sample) = (inside.is_some(), inside.as_deref().unwrap_or(sample));
    let delimiters = match declared_delimiter.or(said) {
        Some(delimiter) => vec![(100, delimiter)],
        None if is_one_column(sample) => vec![(100, NONE)],
        None if blanks::part(sample, &DELIMITERS) => vec![(BLANKS_SURE, b' ')],
        None => delimiters(sample),
    };
    let dialects = delimiters.into_iter().map(|(sure, delimiter)| {
        let (quote, quote_sure) = match declared.quote.as_deref() {
            Some("") => (None, 100),
            Some(quote) => (single_byte(quote), 100),
            None => {
                let (quote, sure) = quote(sample, delimiter);
                (Some(quote), sure)
            }
        };
        let (escape, escape_sure) = match (declared.escape.as_deref(), quote) {
            (Some(escape), _) => (single_byte(escape), 100),
            (None, Some(quote)) => escape(sample, delimiter, quote),
            (None, None) => (None, 100),
        };
        let is_spaced = quote.is_some_and(|quote| is_spaced(sample, delimiter, quote));
        Dialect { delimiter, quote, escape, is_spaced, is_guarded, is_wrapped, sure, quote_sure, escape_sure }
    });
    (text, dialects.collect())
}

fn single_byte(text: &str) -> Option<u8> {
    match text {
        "\\t" | "tab" => Some(b'\t'),
        _ => text.bytes().next().filter(|byte| text.len() == 1 && byte.is_ascii()),
    }
}

/// A text without so many of its last lines that hold something.
fn without_footer(text: &str, lines: u32) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        let filled = rest.trim_end();
        rest = &filled[..filled.rfind(['\n', '\r']).map_or(0, |end| end + 1)];
    }
    rest
}

/// Excel's own way to declare a delimiter.
fn separator_line(text: &str) -> (&str, Option<u8>) {
    let found = text.strip_prefix("sep=").and_then(|rest| {
        let delimiter =
            rest.bytes().next().filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())?;
        let rest = &rest[1..];
        let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n']))?;
        Some((rest, Some(delimiter)))
    });
    found.unwrap_or((text, None))
}

/// The beginning, up to a whole line.
fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let end = text.floor_char_boundary(SAMPLE_BYTES);
    let end = text[..end].rfind('\n').map_or(end, |at| at + 1);
    &text[..end]
}

/// The lines of a sample without the quotation marks in which each of them stands as a whole; none where one does
/// not, or where what they hold does not part alike.
fn unwrapped(sample: &str, delimiter: Option<u8>) -> Option<String> {
    let (mut inside, mut lines) = (String::new(), 0);
    for line in sample.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let line = line.strip_prefix('"')?.strip_suffix('"')?;
        // A mark that is not doubled ends a field of the line.
        if line.replace("\"\"", "").contains('"') {
            return None;
        }
        inside += &line.replace("\"\"", "\"");
        inside.push('\n');
        lines += 1;
    }
    let marks = delimiter.map_or_else(|| COMMON.to_vec(), |delimiter| vec![delimiter]);
    let are_alike = |mark: &u8| agreement(&inside, *mark).1 == 100;
    (lines > 1 && marks.iter().any(are_alike)).then_some(inside)
}

/// Whether the first line is the heading of one column, and the marks below it stand in texts. A word may also
/// be the title of a table: its headings then follow, or all rows below are parted alike, and more than once or
/// below a heading.
fn is_one_column(sample: &str) -> bool {
    let is_mark = |byte: u8| DELIMITERS.contains(&byte);
    let mut lines = sample.lines().filter(|line| !line.trim().is_empty());
    let Some(heading) = lines.next() else { return false };
    // A heading in quotation marks may go on in the next line.
    let is_whole = !heading.starts_with('"') || heading.matches('"').count().is_multiple_of(2);
    let is_word = is_whole
        && !heading.bytes().any(is_mark)
        && heading.chars().any(char::is_alphabetic)
        && !fold(heading).contains(' ');
    let below: Vec<&str> = lines.take(SAMPLE_ROWS).collect();
    if !is_word || !below.iter().any(|line| line.bytes().any(is_mark)) {
        return false;
    }
    let is_table = |mark: u8| {
        let fields = |line: &str| {
            line.split(char::from(mark)).filter(|cell| vocabulary::field(&key(cell)).is_some()).count()
        };
        let marks = |line: &str| line.bytes().filter(|byte| *byte == mark).count();
        let (most, named) = below.first().map_or((0, 0), |line| (marks(line), fields(line)));
        let are_alike = most > 0 && below.iter().all(|line| marks(line) == most);
        below.iter().take(BELOW_TITLE).any(|line| fields(line) > 1) || are_alike && (most > 1 || named > 0)
    };
    !COMMON.iter().any(|mark| is_table(*mark))
}

/// Delimiters with how sure each is, percent, from the likeliest to the least.
fn delimiters(sample: &str) -> Vec<(u32, u8)> {
    let mut scored: Vec<(u64, u32, u8)> = DELIMITERS
        .iter()
        .map(|delimiter| {
            let (score, agreeing) = agreement(sample, *delimiter);
            (score, agreeing, *delimiter)
        })
        .filter(|(score, _, delimiter)| *score > 0 || COMMON.contains(delimiter))
        .collect();
    // Times and addresses hold colons and names hold carets: such marks part cells only where no usual one does.
    if scored.iter().any(|(_, agreeing, delimiter)| *agreeing >= AGREED && COMMON.contains(delimiter)) {
        scored.retain(|(.., delimiter)| COMMON.contains(delimiter));
    }
    let agrees = |(_, agreeing, delimiter): &(u64, u32, u8)| *delimiter != b',' && *agreeing >= 95;
    if scored.iter().any(agrees) && is_inside_numbers(sample, b',') {
        scored
            .iter_mut()
            .filter(|(.., delimiter)| *delimiter == b',')
            .for_each(|one| (one.0, one.1) = (0, 0));
    }
    scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    // Nothing parts anything: it is one column.
    if scored.iter().all(|(score, ..)| *score == 0) {
        return vec![(100, NONE)];
    }
    let (best, agreeing, ours) = scored[0];
    let rival = scored.get(1).map_or(0, |(_, agreeing, _)| *agreeing);
    // The detector also looks at the kinds of cells, but counts a decimal comma as a delimiter: it
    // wins only where our first choice hardly agrees, or another one nearly as much, and is asked
    // only there, for it costs more than all the rest.
    let may_win = |score: u64, delimiter: u8| {
        score > 0 && (agreeing < 60 || score > best * 9 / 10 && delimiter != b',')
    };
    let is_open = scored[1..].iter().any(|(score, _, delimiter)| may_win(*score, *delimiter));
    let detected = if is_open { nose(sample).filter(|found| *found != ours) } else { None };
    let at = detected.and_then(|found| scored.iter().position(|(.., delimiter)| *delimiter == found));
    if let Some(at) = at
        && may_win(scored[at].0, scored[at].2)
    {
        let moved = scored.remove(at);
        scored.insert(0, moved);
        scored[0].1 /= 2;
    } else {
        let doubt = if at.is_some() { agreeing / 2 } else { rival / 4 };
        scored[0].1 = agreeing.saturating_sub(doubt);
    }
    scored.into_iter().map(|(_, agreeing, delimiter)| (agreeing, delimiter)).collect()
}

fn nose(sample: &str) -> Option<u8> {
    let sniffed = telemetry::caught(|| {
        Sniffer::new().sample_size(SampleSize::Records(SAMPLE_ROWS)).sniff_bytes(sample.as_bytes())
    });
    sniffed?.ok().map(|found| found.dialect.delimiter)
}

/// How much the first rows agree on a number of cells above one: a score in millionths, a
/// little more for more columns, and the share that agrees, percent.
fn agreement(sample: &str, delimiter: u8) -> (u64, u32) {
    let is_there = memchr::memchr(delimiter, sample.as_bytes()).is_some();
    if !is_there || delimiter == b':' && is_inside_numbers(sample, delimiter) {
        return (0, 0);
    }
    let mut widths: BTreeMap<usize, u64> = BTreeMap::new();
    let mut rows = 0;
    let mut reader = Dialect::new(delimiter).reader(sample);
    let mut record = csv::ByteRecord::new();
    while rows < SAMPLE_ROWS as u64 && reader.read_byte_record(&mut record).unwrap_or(false) {
        if record.iter().any(|field| !field.trim_ascii().is_empty()) {
            rows += 1;
            *widths.entry(record.len()).or_default() += 1;
        }
    }
    let most = widths.iter().filter(|(width, _)| **width > 1).max_by_key(|(_, count)| **count);
    most.map_or((0, 0), |(width, count)| {
        let share = count * 1_000_000 / rows.max(1);
        let percent = u32::try_from(share / 10_000).unwrap_or(100);
        (share * (20 + (*width as u64).min(20)) / 40, percent)
    })
}

/// Whether a mark mostly stands between two digits, as in decimals and times, or before `//`.
fn is_inside_numbers(sample: &str, mark: u8) -> bool {
    let bytes = sample.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut all, mut inside) = (0_usize, 0_usize);
    for at in memchr::memchr_iter(mark, bytes) {
        all += 1;
        let between = at > 0 && is_digit(at - 1) && is_digit(at + 1);
        inside += usize::from(between || bytes[at + 1..].starts_with(b"//"));
    }
    inside * 10 > all * 8
}

/// The quotation mark: the one with which cells begin and end more often; double when neither. How sure it is,
/// percent: the share of cells that begin or end with either mark that both begin and end with this one.
fn quote(sample: &str, delimiter: u8) -> (u8, u32) {
    let enclosed = |quote: u8| {
        let bytes = sample.as_bytes();
        let begins =
            |at: usize| at == 0 || matches!(bytes[at - 1], b'\n' | b'\r') || bytes[at - 1] == delimiter;
        let ends = |at: usize| {
            bytes.get(at + 1).is_none_or(|next| matches!(next, b'\n' | b'\r') || *next == delimiter)
        };
        let places = memchr::memchr_iter(quote, bytes);
        places.fold((0_usize, 0_usize), |(opened, closed), at| {
            (opened + usize::from(begins(at)), closed + usize::from(ends(at)))
        })
    };
    let (double, single) = (enclosed(b'"'), enclosed(b'\''));
    let pairs = |(opened, closed): (usize, usize)| opened.min(closed);
    let is_single = pairs(single) > 2 * pairs(double) && single.0.abs_diff(single.1) <= 1;
    let (mark, ours, other) = if is_single { (b'\'', single, double) } else { (b'"', double, single) };
    (mark, percent(pairs(ours), ours.0.max(ours.1) + pairs(other)))
}

/// A share; all of nothing.
fn percent(part: usize, whole: usize) -> u32 {
    (part * 100).checked_div(whole).and_then(|share| u32::try_from(share).ok()).unwrap_or(100)
}

/// Whether quotation marks stand behind a delimiter and spaces, and as many end a field: `"a", "1,5"`.
fn is_spaced(sample: &str, delimiter: u8, quote: u8) -> bool {
    let bytes = sample.as_bytes();
    let is_end = |byte: u8| byte == delimiter || matches!(byte, b'\n' | b'\r');
    let (mut opened, mut closed) = (0_usize, 0_usize);
    for at in memchr::memchr_iter(quote, bytes) {
        let before = bytes[..at].trim_ascii_end();
        let is_apart = before.len() < at && bytes[before.len()..at].iter().all(|byte| *byte == b' ');
        opened += usize::from(is_apart && before.last() == Some(&delimiter));
        let behind = bytes[at + 1..].iter().find(|byte| **byte != b' ');
        closed += usize::from(behind.is_none_or(|byte| is_end(*byte)));
    }
    opened > 0 && closed >= opened
}

/// Whether a field may begin with `="`, or with an apostrophe before a digit.
fn is_guarded(bytes: &[u8]) -> bool {
    let begins = |at: usize| {
        at == 0 || matches!(bytes[at - 1], b'"' | b'\n' | b'\r') || DELIMITERS.contains(&bytes[at - 1])
    };
    let is_number = |at: usize| bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    memchr::memmem::find(bytes, b"=\"").is_some()
        || memchr::memchr_iter(b'\'', bytes).any(|at| begins(at) && is_number(at))
}

/// A backslash when it stands before quotation marks inside cells and none is doubled. How sure that is, percent:
/// the share of marks inside cells that are written in this way.
fn escape(sample: &str, delimiter: u8, quote: u8) -> (Option<u8>, u32) {
    let bytes = sample.as_bytes();
    let escaped = [b'\\', quote];
    let inner = memchr::memmem::find_iter(bytes, &escaped).filter(|at| {
        bytes.get(at + 2).is_some_and(|next| !matches!(next, b'\n' | b'\r') && *next != delimiter)
    });
    let inner = inner.count();
    if inner == 0 {
        return (None, 100);
    }
    // Two marks also stand where a cell is empty, and where one ends with an escaped mark.
    let two = [quote, quote];
    let doubled = memchr::memmem::find_iter(bytes, &two).filter(|at| {
        *at > 0
            && !matches!(bytes[at - 1], b'\\' | b'\n' | b'\r')
            && ![delimiter, quote].contains(&bytes[at - 1])
    });
    match doubled.count() {
        0 => (Some(b'\\'), 100),
        doubled => (None, percent(doubled, inner + doubled)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, NONE, find};
    use crate::config::Text;

    fn best(text: &str) -> Dialect {
        find(text, &Text::default()).1[0]
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolon() {
        assert_eq!(best("nom;t\nA;1,5\nB;2,5\n").delimiter, b';');
        assert_eq!(best("nom\tt, an\nA\t1,5\n").delimiter, b'\t');
        assert_eq!(best("nom|t\nA|1\n").delimiter, b'|');
        let (rest, dialects) = find("sep=;\nnom,x;t\n", &Text::default());
        assert_eq!((rest, dialects.len(), dialects[0].delimiter), ("nom,x;t\n", 1, b';'));
    }

    #[test]
    fn quotation_marks_and_escapes_are_found() {
        assert_eq!(best("a,b\n'x, y',2\n'z',3\n").quote, Some(b'\''));
        assert_eq!(best("a,b\nl'eau,2\nd'ici,3\n").quote, Some(b'"'));
        assert_eq!(best("a,b\n\"x \\\"y\\\" z\",2\n").escape, Some(b'\\'));
        assert_eq!(best("a,b\n\"\",\"x \\\"y\\\"\"\n").escape, Some(b'\\'));
        assert_eq!(best("a,b\n\"x \"\"y\"\" z\",2\n").escape, None);
        assert_eq!(best("a,b\n\"c:\\\\\"\"x\"\"\",2\n").escape, None);
    }

    #[test]
    fn marks_inside_times_and_decimals_part_no_cells() {
        assert_eq!(
            best("date_heure,valeur\n2024-01-01T00:00:00Z,2.9\n2024-01-01T01:00:00Z,3.1\n").delimiter,
            b','
        );
        assert_eq!(
            best("Matière;Horaire\nsciure;08:00:00-17:00:00\nverre;09:00:00-16:00:00\n").delimiter,
            b';'
        );
        assert_ne!(best("2024-01-01 00:00:00\n2024-01-01 01:00:00\n").delimiter, b':');
        assert_ne!(best("https://un.example/a\nhttps://deux.example/b\n").delimiter, b':');
        assert_eq!(best("7,093;10,369\n8,1;11,25\n9,02;12,5\n").delimiter, b';');
        assert_eq!(best("7,093\t10,369\n8,1\t11,25\n").delimiter, b'\t');
        // Where nothing else parts the cells, they do.
        assert_eq!(best("matière:parc\nsciure:Beauport\nverre:Canardière\n").delimiter, b':');
        assert_eq!(best("1,2\n3,4\n5,6\n").delimiter, b',');
    }

    #[test]
    fn a_heading_of_one_word_over_texts_with_marks_is_one_column() {
        for text in [
            "description\nOffre : sciure de pin\nOffre : verre plat\nDemande : chaux\n",
            "description\nsciure, sèche\nverre, plat\n",
            "Texte\nsciure; sèche\nverre; plat\nchaux\n",
            "quantité\n1,5\n2,5\n",
        ] {
            let (rest, dialects) = find(text, &Text::default());
            assert_eq!(dialects.len(), 1, "{text}");
            let mut widths = dialects[0].reader(rest).into_records().map(|row| row.unwrap().len());
            assert!(widths.all(|width| width == 1), "{text}");
        }
        // The title of a table is no heading, and what is declared stands.
        assert_eq!(best("Offres\nmatière;quantité\nsciure;3\n").delimiter, b';');
        assert_eq!(best("Relevé\n\nmatière;x\nsciure;3\nverre;4\n").delimiter, b';');
        assert_eq!(best("Relevé\nx;y;z\n1;2;3\n4;5;6\n").delimiter, b';');
        let declared = Text { delimiter: Some(":".to_owned()), ..Text::default() };
        assert_eq!(find("description\nOffre : verre\n", &declared).1[0].delimiter, b':');
    }

    #[test]
    fn a_line_break_inside_the_first_heading_hides_no_delimiter() {
        for text in [
            "\"hello\nworld\",5\n\"what, a\",6\n",
            "\"Entreprise\nnom\",\"Quantité\"\n\"Zorglub, inc.\",\"5\"\n\"Bulgroz\",\"6\"\n",
        ] {
            let mut widths = best(text).reader(text).into_records().map(|row| row.unwrap().len());
            assert!(best(text).delimiter == b',' && widths.all(|width| width == 2), "{text}");
        }
    }

    #[test]
    fn where_no_delimiter_stands_none_is_found_but_blanks_that_part_every_row() {
        assert_eq!(best("a b c\n1 2 3\n4 5 6\n7 8 9\n").delimiter, b' ');
        assert!(best("a b c\n1 2 3\n4 5 6\n").sure < 100);
        for text in ["Entreprise\nZorglub\nBulgroz\n", "8:30\n9:45\n", "bois\n"] {
            assert_eq!((best(text).delimiter, best(text).sure), (NONE, 100), "{text}");
        }
    }

    #[test]
    fn what_is_declared_wins_and_is_sure() {
        let declared = Text {
            delimiter: Some("|".to_owned()),
            quote: Some(String::new()),
            escape: Some("\\".to_owned()),
            ..Text::default()
        };
        let (_, dialects) = find("a,b|c\n1,2|3\n", &declared);
        let declared = Dialect { quote: None, escape: Some(b'\\'), ..Dialect::new(b'|') };
        assert_eq!(dialects, [declared]);
        assert!(best("\"a\", \"b\"\n\"1\", \"2,5\"\n").is_spaced);
        assert!(!best("\"a\",\"b\"\n\"1\",\"2, dit \"\"x\"\"\"\n").is_spaced);
    }

    #[test]
    fn lines_that_are_quoted_as_a_whole_are_told_from_one_column() {
        let wrapped = best("\"a;b\"\n\"1,5;\"\"x;y\"\"\"\n\"2,5;z\"\n");
        assert!(wrapped.is_wrapped && wrapped.delimiter == b';');
        for text in ["\"a\";\"b\"\n\"1\";\"2\"\n", "\"texte\"\n\"x; y\"\n\"z\"\n", "\"a;b\"\n", "a;b\n1;2\n"]
        {
            assert!(!best(text).is_wrapped, "{text}");
        }
    }

    #[test]
    fn guarded_fields_are_found() {
        assert!(best("a;b\n=\"001\";x\n").is_guarded && best("a,b\n\"=\"\"001\"\"\",x\n").is_guarded);
        assert!(best("a;b\nx;'001\n").is_guarded);
        assert!(!best("a;b\nl'eau;d'ici '98\n").is_guarded);
    }

    #[test]
    fn rows_that_disagree_are_less_sure() {
        let sure = best("a;b;c\n1;2;3\n4;5;6\n").sure;
        let unsure = best("a;b;c\n1;2\n4;5;6;7\nx\n").sure;
        assert!(sure > 90 && unsure < 60, "{sure} {unsure}");
    }
}
