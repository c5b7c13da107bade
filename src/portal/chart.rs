//! Bars as SVG whose lengths are shares of the width, so that text keeps its size on a telephone.

use super::text::Language;
use super::view::Shown;
use crate::model::fold;
use std::fmt::Write as _;

/// Heights in pixels.
const NAME: u32 = 22;
const NAME_LINE: u32 = 17;
const BAR: u32 = 18;
const GAP: u32 = 4;
const AFTER: u32 = 12;
/// Characters of a name that fit a telephone of 320 pixels.
const NAME_WIDTH: usize = 36;
/// The longest bar, in thousandths of the width: the value stands behind it.
const LONGEST: i64 = 780;

/// A group of bars under one name.
pub(super) struct Group {
    pub(super) name: String,
    /// Class of the bar, who it is (`Offres`), and its value.
    pub(super) bars: Vec<(&'static str, String, Shown)>,
}

/// Bars of all groups on one scale that starts at zero. A confidential value is a hatched bar of
/// one fixed length with the word; an unknown one is the word alone.
pub(super) fn bars(title: &str, description: &str, groups: &[Group], language: Language) -> String {
    let values = || groups.iter().flat_map(|group| &group.bars).filter_map(|(_, _, shown)| shown.value);
    let largest = values().max().unwrap_or(0).max(1);
    let height: u32 = groups
        .iter()
        .map(|group| name_height(group) + (BAR + GAP) * count(group) + AFTER)
        .sum::<u32>()
        .max(1);
    let id = slug(title);
    let mut svg = String::new();
    push(
        &mut svg,
        format_args!(
            "<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"{height}\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc><defs><pattern id=\"{id}-h\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\"/></pattern></defs>",
            escape(title),
            escape(description)
        ),
    );
    let mut top = 0;
    for group in groups {
        for (line, text) in lines(&group.name).iter().enumerate() {
            let baseline = top + 16 + NAME_LINE * u32::try_from(line).unwrap_or(0);
            push(
                &mut svg,
                format_args!("<text class=\"name\" x=\"0\" y=\"{baseline}\">{}</text>", escape(text)),
            );
        }
        top += name_height(group);
        for (class, who, shown) in &group.bars {
            bar(&mut svg, &id, top, largest, class, who, shown, language);
            top += BAR + GAP;
        }
        top += AFTER;
    }
    svg.push_str("</svg>");
    svg
}

#[expect(clippy::too_many_arguments, reason = "one bar is drawn from exactly these")]
fn bar(
    svg: &mut String,
    id: &str,
    top: u32,
    largest: i64,
    class: &str,
    who: &str,
    shown: &Shown,
    language: Language,
) {
    let baseline = top + 14;
    let text = escape(&shown.dated());
    let who = escape(who);
    match shown.value {
        Some(value) => {
            let length = i128::from(value.max(0)) * i128::from(LONGEST) / i128::from(largest);
            let (whole, tenth) = (length / 10, length % 10);
            push(
                svg,
                format_args!(
                    "<rect class=\"{class}\" x=\"0\" y=\"{top}\" width=\"{whole}.{tenth}%\" height=\"{BAR}\" rx=\"1\"><title>{who}{}{text}</title></rect><text x=\"{whole}.{tenth}%\" dx=\"6\" y=\"{baseline}\">{text}</text>",
                    language.pick("\u{a0}: ", ": ")
                ),
            );
        }
        None if shown.text == language.pick("confidentiel", "confidential") => push(
            svg,
            format_args!(
                "<rect x=\"0\" y=\"{top}\" width=\"56\" height=\"{BAR}\" fill=\"url(#{id}-h)\"/><text class=\"faint\" x=\"62\" y=\"{baseline}\">{text}</text>"
            ),
        ),
        None => push(svg, format_args!("<text class=\"faint\" x=\"0\" y=\"{baseline}\">{text}</text>")),
    }
}

/// How far towards an objective: one step a unit, or one bar when there are many.
pub(super) fn progress(title: &str, description: &str, done: i64, objective: i64) -> String {
    let id = slug(title);
    let shown = done.clamp(0, objective.max(1));
    let mut svg = format!(
        "<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"30\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(title),
        escape(description)
    );
    if objective <= 20 {
        for step in 0..objective {
            let left = i128::from(step) * 1000 / i128::from(objective.max(1));
            let class = if step < shown { "done" } else { "base" };
            push(
                &mut svg,
                format_args!(
                    "<rect class=\"{class}\" x=\"{}.{}%\" y=\"0\" width=\"{}%\" height=\"26\" rx=\"2\"/>",
                    left / 10,
                    left % 10,
                    (1000 / objective.max(1) - 8).max(1) / 10
                ),
            );
        }
    } else {
        let width = i128::from(shown) * 100 / i128::from(objective);
        push(
            &mut svg,
            format_args!(
                "<rect class=\"base\" width=\"100%\" height=\"26\"/><rect class=\"done\" width=\"{width}%\" height=\"26\"/>"
            ),
        );
    }
    svg.push_str("</svg>");
    svg
}

fn count(group: &Group) -> u32 {
    u32::try_from(group.bars.len()).unwrap_or(0)
}

/// A name in lines that fit; a word that is longer than a line stays whole.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= NAME_WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn name_height(group: &Group) -> u32 {
    let lines = u32::try_from(lines(&group.name).len()).unwrap_or(1);
    NAME + NAME_LINE * lines.saturating_sub(1)
}

fn push(svg: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _infallible = svg.write_fmt(arguments);
}

fn slug(title: &str) -> String {
    let hash = crate::model::words(title).join("-");
    let short: String = fold(&hash).replace(' ', "-").chars().take(60).collect();
    format!("c-{short}")
}

/// Text for XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Group, bars, progress};
    use crate::portal::text::Language::French;
    use crate::portal::view::Shown;

    fn shown(value: Option<i64>, text: &str) -> Shown {
        Shown { text: text.to_owned(), day: String::new(), is_word: value.is_none(), value }
    }

    fn draw(values: &[(Option<i64>, &str)]) -> String {
        let bars =
            values.iter().map(|(value, text)| ("out", "Offres".to_owned(), shown(*value, text))).collect();
        super::bars("Titre", "Description", &[Group { name: "A & B <c>".to_owned(), bars }], French)
    }

    #[test]
    fn confidential_is_a_hatch_of_one_length_whatever_is_beside_it() {
        let hatch =
            |svg: &str| svg.split("<rect x=\"0\"").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let (few, many) = (
            draw(&[(None, "confidentiel"), (Some(1), "1")]),
            draw(&[(None, "confidentiel"), (Some(9_000), "9")]),
        );
        assert_eq!(hatch(&few), hatch(&many));
        assert!(!few.contains("<rect class=\"out\" x=\"0\" y=\"22\""));
    }

    #[test]
    fn nothing_but_words_nothing_at_all_and_huge_values_are_drawn() {
        assert!(draw(&[(None, "inconnu")]).contains(">inconnu<"));
        assert!(bars("T", "D", &[], French).contains("height=\"1\""));
        let huge = draw(&[(Some(i64::MAX), "beaucoup"), (Some(0), "0")]);
        assert!(huge.contains("width=\"78.0%\"") && huge.contains("width=\"0.0%\""));
        assert!(huge.contains("A &amp; B &lt;c&gt;"));
    }

    #[test]
    fn a_long_name_is_broken_between_words_and_the_bars_move_down() {
        let name = "Produits, composants, matériaux mixtes et composites";
        let broken = super::lines(name);
        assert_eq!(broken.join(" "), name);
        assert!(broken.len() == 2 && broken.iter().all(|line| line.chars().count() <= super::NAME_WIDTH));
        let bars = vec![("out", "Offres".to_owned(), shown(Some(1), "1"))];
        let svg = super::bars("T", "D", &[Group { name: name.to_owned(), bars }], French);
        assert!(svg.contains("y=\"39\" width=\"78.0%\"") && svg.contains("height=\"73\""), "{svg}");
    }

    #[test]
    fn progress_never_leaves_its_track() {
        assert_eq!(progress("T", "D", 14, 10).matches("class=\"done\"").count(), 10);
        assert_eq!(progress("T", "D", -1, 10).matches("class=\"done\"").count(), 0);
        assert!(progress("T", "D", 50, 100).contains("width=\"50%\""));
    }
}
