//! `maillage map`: a mapping for an unknown file, ready to paste.

use super::read::LimitFlags;
use crate::config::{self, ANYTHING};
use crate::error::Exit;
use crate::ingest::proposal::{Cut, Kept, Place, Proposal, Proposals, SURE_ENOUGH, Way, propose};
use crate::model::{Direction, Field, Subject};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What stands above the table for `pipeline.toml`, and above the mapping.
const SOURCE: &str = "# ── pipeline.toml ──";
const MAPPING: &str = "# ── mappings/";

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Workbook, csv, json or Parquet file
    pub file: PathBuf,
    /// Name of the sheet, or its position among the tabs from 1 (default: every sheet with a header)
    #[arg(long)]
    pub sheet: Option<String>,
    #[command(flatten)]
    limits: LimitFlags,
}

/// Prints, for each kind of table, a source for `pipeline.toml` and the mapping that it names.
#[must_use]
pub fn map(arguments: &Arguments) -> Exit {
    if let Err(failure) = super::files::must_be_there(&arguments.file, "FILE") {
        return super::place::failed(&failure);
    }
    let Ok(worker) = config::executable() else {
        eprintln!("the program cannot find itself\nhelp: start it by its full path");
        return Exit::Failed;
    };
    let context = super::read::bare(PathBuf::new(), arguments.limits.limits(), worker);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start: {error}");
            return Exit::Failed;
        }
    };
    match runtime.block_on(propose(&arguments.file, arguments.sheet.as_deref(), &context)) {
        Ok(proposals) => show(&proposals, arguments),
        Err(error) => {
            eprintln!("{error}");
            Exit::Unreadable
        }
    }
}

/// Prints what was found, and says what is no table and what a person must choose.
fn show(proposals: &Proposals, arguments: &Arguments) -> Exit {
    let file = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned());
    if let Some(form) = proposals.text.as_ref().filter(|_| !proposals.tables.is_empty()) {
        println!("# texte / text: {form}");
    }
    for (rank, proposal) in (1..).zip(&proposals.tables) {
        print!("{}", toml(proposal, rank, file.as_deref().unwrap_or_default()));
    }
    for legend in &proposals.legends {
        println!(
            "# « {0} » : ni qui, ni quoi, ni combien, aucune source / not who, what or how much, no source",
            basic(legend.reveal())
        );
    }
    for form in &proposals.forms {
        let name = form.reveal();
        eprintln!(
            "la feuille « {name} » est une fiche et non un tableau : ses titres sont l'un sous l'autre, pour une \
             entreprise\n\
             the sheet “{name}” is a form and no table: its labels stand below each other, for one company\n\
             help: recopier chaque fiche sur une ligne d'un tableau / copy each form into a row of a table"
        );
    }
    let options = proposals.tables.iter().flat_map(|table| &table.columns).filter(|column| column.is_option);
    let options: Vec<String> = options.map(|column| format!("« {} »", basic(&column.header))).collect();
    if !options.is_empty() {
        eprintln!(
            "des colonnes sont des options, dont chacune serait une ligne / columns are options, of which each would \
             be a row: {}\n\
             help: donner une ligne par option retenue, avec l'entreprise, la matière, le sens et la quantité / give one \
             row for each option that was chosen, with company, material, direction and quantity",
            options.join(", ")
        );
    }
    if proposals.tables.iter().any(|proposal| proposal.way == Way::Open) {
        eprintln!(
            "rien ne dit si ce sont des offres ou des demandes / nothing tells offers from requests\n\
             help: choisir `sens` sous `[constants]` / choose `sens` below `[constants]`"
        );
    }
    if proposals.tables.is_empty() {
        if proposals.forms.is_empty() {
            eprintln!(
                "`{}` has no row that looks like a header\nhelp: look at it with `maillage read` and write \
                 the mapping by hand",
                arguments.file.display()
            );
        }
        return Exit::Unreadable;
    }
    Exit::Done
}

/// A table `sources`, then the mapping; what is not sure stays a comment.
/// The source is not named after the file: its name stands in messages, and a file may be
/// named after a company.
fn toml(proposal: &Proposal, rank: usize, file: &str) -> String {
    let mut text = format!(
        "{SOURCE}\n[[sources]]\nname = \"source-{rank}\"\nrecords = \"{}\"\nfiles = [\"inputs/{}\"]\n",
        proposal.subject.code(),
        basic(file)
    );
    if !proposal.sheets.is_empty() {
        let names: Vec<String> =
            proposal.sheets.iter().map(|name| format!("\"{}\"", basic(name.reveal()))).collect();
        let _infallible = writeln!(text, "sheets = [{}]", names.join(", "));
    }
    text.push_str(&place(proposal));
    text.push_str(&around(proposal));
    let _infallible = write!(
        text,
        "mapping = \"mappings/source-{rank}.toml\"\n\n{MAPPING}source-{rank}.toml ──\n[columns]\n"
    );
    for column in &proposal.columns {
        let header = format!("\"{}\"", basic(&column.header));
        let _infallible = match column.field {
            Some(field) if column.sure >= SURE_ENOUGH => {
                writeln!(text, "{header} = \"{}\" # {} %", field.code(), column.sure)
            }
            Some(field) => writeln!(text, "# {header} = \"{}\" # {} % ?", field.code(), column.sure),
            None if column.is_option => {
                writeln!(text, "# {header} = \"\" # une option, à mettre en ligne / an option, to be a row")
            }
            None => writeln!(text, "# {header} = \"\" # inconnu / unknown"),
        };
    }
    text.push_str(&constants(proposal));
    text.push_str(&words(proposal));
    text.push_str(&kept(&proposal.kept));
    text.push('\n');
    text
}

/// The words of the column of directions; what takes a direction back is left to a person.
fn words(proposal: &Proposal) -> String {
    if proposal.words.is_empty() && proposal.denied.is_empty() {
        return String::new();
    }
    let mut text = "\n[words.sens]\n".to_owned();
    for (word, direction) in &proposal.words {
        let _infallible = writeln!(text, "\"{}\" = \"{}\"", basic(word), direction.code());
    }
    for denied in &proposal.denied {
        let _infallible = writeln!(
            text,
            "# \"{}\" = \"\" # nié, annulé ou en doute : la ligne est refusée / denied, over or in doubt: the row is refused",
            basic(denied)
        );
    }
    text
}

/// Where the records stand in their file.
fn place(proposal: &Proposal) -> String {
    let (row, rows) = (proposal.header_row, proposal.header_rows);
    let several = "# un tableau de plusieurs de la feuille / one table of several of the sheet";
    match (&proposal.cut, &proposal.pointer) {
        // The header of a table below a title moves when rows are added above it.
        (Some(Cut::Title(title)), _) => {
            format!("title = \"{}\" {several}\nheader_rows = {rows}\n", basic(title.reveal()))
        }
        (Some(Cut::Range(range)), _) => {
            format!("range = \"{range}\" {several}\nheader_row = {row}\nheader_rows = {rows}\n")
        }
        (None, Some(pointer)) => format!("pointer = \"{}\"\n", basic(pointer)),
        (None, None) if proposal.is_json => String::new(),
        (None, None) => format!("header_row = {row}\nheader_rows = {rows}\n"),
    }
}

/// What stands around the table and is left out; records of json have nothing around them.
fn around(proposal: &Proposal) -> String {
    let (above, below) = proposal.around;
    if proposal.is_json {
        return String::new();
    }
    let mut text = format!("# préambule / preamble: {above} ligne(s) / row(s) · pied / footer: {below}\n");
    for range in &proposal.others {
        let _infallible = writeln!(
            text,
            "# autre tableau dessous, pas lu ici; une source à lui avec / another table below, not read here; a \
             source of its own with: range = \"{range}\""
        );
    }
    text
}

/// What all rows have and no column gives: the direction, told or to be chosen, and the company.
fn constants(proposal: &Proposal) -> String {
    let mut text = String::new();
    match proposal.way {
        Way::Columns => {}
        Way::Told { direction, place, sure } => {
            let _infallible =
                writeln!(text, "sens = \"{}\" # {sure} % · {}", direction.code(), read_in(place));
        }
        Way::Open => {
            let _infallible = writeln!(
                text,
                "# À choisir : rien ne dit si ce sont des offres ou des demandes.\n\
                 # To be chosen: nothing tells offers from requests.\n\
                 # sens = \"{}\" # offres / offers\n\
                 # sens = \"{}\" # demandes / requests",
                Direction::Output.code(),
                Direction::Input.code()
            );
        }
    }
    let is_named = [Field::Name, Field::OrganisationId].iter().any(|field| proposal.has(*field));
    if proposal.subject == Subject::Flows && !is_named {
        text.push_str(
            "# Aucune colonne ne nomme l'entreprise ; si toutes les lignes sont d'une seule, l'inscrire.\n\
             # No column names the company; if all rows are of one, write it here.\n\
             # nom = \"\"\n",
        );
    }
    if text.is_empty() { text } else { format!("\n[constants]\n{text}") }
}

const fn read_in(place: Place) -> &'static str {
    match place {
        Place::Headings => "lu dans les titres des colonnes / read in the headings",
        Place::Title => "lu dans le titre / read in the title",
        Place::Sheet => "lu dans le nom de la feuille / read in the name of the sheet",
        Place::File => "lu dans le nom du fichier / read in the name of the file",
        Place::Destination => "on en dispose aujourd'hui / it is disposed of today",
    }
}

/// Rows of one direction, where the table has columns for both.
fn kept(kept: &Kept) -> String {
    match kept {
        Kept::All => String::new(),
        Kept::Filled(header) => format!(
            "\n# Les lignes remplies sous ce titre ; les autres sont de l'autre sens, ou vides.\n\
             # Rows with something below this heading; the others are of the other direction, or blank.\n\
             [keep]\n\"{}\" = [\"{ANYTHING}\"]\n",
            basic(header)
        ),
        Kept::Ticked { heading, marks } => {
            let marks: Vec<String> = marks.iter().map(|mark| format!("\"{}\"", basic(mark))).collect();
            format!(
                "\n# Les lignes cochées sous ce titre ; l'autre titre est à l'autre source.\n\
                 # Rows with a mark below this heading; the other heading is for the other source.\n\
                 [keep]\n\"{}\" = [{}]\n",
                basic(heading),
                marks.join(", ")
            )
        }
    }
}

/// The inside of a TOML basic string, on one line.
fn basic(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Cut, Direction, Kept, MAPPING, Place, Proposal, Subject, Way, toml};
    use crate::config::{Mapping, Source};
    use crate::ingest::proposal::Proposed;
    use crate::model::{Confidential, Field};

    #[derive(serde::Deserialize)]
    struct Pasted {
        sources: Vec<Source>,
    }

    fn proposal() -> Proposal {
        let column =
            |header: &str, field, sure| Proposed { header: header.to_owned(), field, sure, is_option: false };
        Proposal {
            sheets: vec![Confidential::new("Visites\n\"2026\"".to_owned())],
            cut: None,
            is_json: false,
            pointer: None,
            header_row: 3,
            header_rows: 1,
            around: (1, 2),
            others: vec!["A9:C11".to_owned()],
            subject: Subject::Flows,
            columns: vec![
                column("Nom \"usuel\"\nlégal\u{7f}", Some(Field::Name), 95),
                column("Couleur\\", None, 0),
                column("Quantité", Some(Field::Quantity), 47),
            ],
            way: Way::Open,
            words: Vec::new(),
            denied: vec!["pas une \"offre\"".to_owned()],
            kept: Kept::All,
        }
    }

    fn pasted(proposal: &Proposal) -> (Source, Mapping) {
        let text = toml(proposal, 2, "été [1].xlsx");
        let (source, mapping) = text.split_once(MAPPING).unwrap();
        let mut pasted: Pasted = ::toml::from_str(source).unwrap();
        (pasted.sources.remove(0), ::toml::from_str(&format!("# {mapping}")).unwrap())
    }

    #[test]
    fn what_is_printed_is_a_source_and_a_mapping_that_the_settings_read() {
        let (source, mapping) = pasted(&proposal());
        assert_eq!(source.sheets, ["Visites\n\"2026\""]);
        assert_eq!(source.header_row, Some(3));
        assert_eq!(source.mapping, "mappings/source-2.toml");
        assert_eq!(mapping.columns["Nom \"usuel\"\nlégal\u{7f}"], "nom");
        assert_eq!(mapping.columns.len(), 1);
        assert!(mapping.constants.is_empty() && mapping.words["sens"].is_empty());
    }

    #[test]
    fn a_direction_that_nothing_tells_is_a_comment_with_both_choices() {
        let text = toml(&proposal(), 1, "a.xlsx");
        for line in ["[constants]\n# À choisir", "# sens = \"extrant\"", "# sens = \"intrant\""] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("# nom ="), "{text}");
        assert!(text.contains("# préambule / preamble: 1 ligne(s) / row(s) · pied / footer: 2\n"), "{text}");
        assert!(text.contains("source of its own with: range = \"A9:C11\"\n"), "{text}");
    }

    #[test]
    fn what_is_told_of_a_table_of_several_and_of_one_direction_is_read_back() {
        let told = Proposal {
            cut: Some(Cut::Title(Confidential::new("Nos \"offres\"".to_owned()))),
            columns: Vec::new(),
            way: Way::Told { direction: Direction::Output, place: Place::Title, sure: 85 },
            words: vec![("Offrir".to_owned(), Direction::Output)],
            kept: Kept::Filled("Générée > Quantité".to_owned()),
            ..proposal()
        };
        let (source, mapping) = pasted(&told);
        assert_eq!((source.title.as_deref(), source.header_row), (Some("Nos \"offres\""), None));
        assert_eq!(mapping.constants["sens"], "extrant");
        assert_eq!(mapping.words["sens"]["Offrir"], "extrant");
        assert_eq!(mapping.keep["Générée > Quantité"], ["*"]);
        assert!(toml(&told, 1, "a.xlsx").contains("# nom = \"\""));
    }
}
