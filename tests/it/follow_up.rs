//! What animators fill into `maillages.xlsx` comes back at the next run, and nothing is lost.

use crate::bad_day::Day;
use crate::council::{Council, is_kept, walk, write};
use calamine::{Reader as _, open_workbook};
use std::fs;

#[test]
fn a_filled_status_is_followed_and_a_wrong_one_is_a_finding() {
    let council = Council::pilot();
    assert_eq!(council.run().status.code(), Some(0));
    let before = council.synergies("Total");
    let list = council.rows();
    assert_eq!(&list[0][..3], ["Identifiant / Identifier", "Statut / Status", "Note"]);
    assert!(list.len() > 101, "{} matches", list.len() - 1);
    let (first, second) = (list[1][0].clone(), list[2][0].clone());
    council.fill(&[
        ["à rappeler", &second, "presque"],
        ["visite faite", &first, "À l’essai"],
        ["", "0123456789ab", "proposée"],
    ]);
    assert_eq!(council.run().status.code(), Some(0));

    let filled = council.rows();
    let row = |id: &str| filled.iter().find(|row| row[0] == id).unwrap().clone();
    assert_eq!(&row(&first)[1..3], ["à l’essai", "visite faite"]);
    assert_eq!(&row(&second)[1..3], ["", "à rappeler"]);
    let number = |line: &str| line.split(',').nth(1).unwrap().parse::<i64>().unwrap();
    // One synergy more is a change of one pair: in the public data it waits for others.
    assert_eq!(number(&council.synergies("Total")), number(&before));
    let findings = council.findings();
    let told = |kind: &str| findings.lines().any(|line| line.contains("maillages:") && line.contains(kind));
    assert!(told("statut_inconnu") && told("code_inconnu"));

    // A third run reads its own list back and changes nothing.
    let release = fs::read_link(council.day.path("published/current")).unwrap();
    assert_eq!(council.run().status.code(), Some(0));
    assert_eq!(council.rows(), filled);
    assert_eq!(fs::read_link(council.day.path("published/current")).unwrap(), release);
}

#[test]
fn a_broken_list_stops_the_run_and_is_not_overwritten() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    fs::write(council.workbook(), b"PK\x03\x04 not a workbook").unwrap();
    let output = council.run();
    assert_eq!(output.status.code(), Some(65));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("maillages.xlsx") && message.contains("help:"), "{message}");
    assert_eq!(fs::read(council.workbook()).unwrap(), b"PK\x03\x04 not a workbook");
}

#[test]
fn a_workbook_filled_on_several_sheets_sorted_and_doubled_loses_nothing() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    let list = council.rows();
    let ids: Vec<String> = (1..=4).map(|row| list[row][0].clone()).collect();
    let [agreed, torn, abandoned, doubled] = [&ids[0], &ids[1], &ids[2], &ids[3]];
    let pages = council.sheet("Fiches");
    assert!(pages.iter().any(|row| row[0] == *agreed), "the best match is on a page");
    council.change(|name, rows| match name {
        "Maillages" => {
            write(rows, agreed, &[(1, "réalisée"), (3, "1,5 t")]);
            write(rows, torn, &[(1, "proposée")]);
            write(rows, abandoned, &[(1, "abandonnée"), (4, "trop loin")]);
            // Sorted the other way, partly deleted, one row doubled with another answer.
            rows[1..].reverse();
            rows.truncate(rows.len() - 4);
            let mut copies: Vec<Vec<String>> =
                ids.iter().map(|id| list.iter().find(|row| row[0] == *id).unwrap().clone()).collect();
            write(&mut copies, agreed, &[(1, "réalisée"), (3, "1500")]);
            write(&mut copies, torn, &[(1, "proposée")]);
            write(&mut copies, abandoned, &[(1, "Abandoned"), (4, "trop loin")]);
            write(&mut copies, doubled, &[(2, "première")]);
            rows.extend(copies);
            let mut again = vec![list.iter().find(|row| row[0] == *doubled).unwrap().clone()];
            write(&mut again, doubled, &[(2, "seconde")]);
            rows.extend(again);
        }
        "Fiches" => {
            write(rows, agreed, &[(1, "realised")]);
            write(rows, torn, &[(1, "abandonnée")]);
        }
        _ => {}
    });
    let output = council.run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let one = council.memory(agreed);
    assert_eq!((&one["status"], &one["quantity_kg"]), (&"realisee".into(), &1_500.into()));
    assert_eq!(one["history"].as_array().unwrap().len(), 1, "{one}");
    assert_eq!(one["history"][0]["on"], "2026-01-15");
    // Two answers: nothing is chosen, both are shown and found.
    let two = council.memory(torn);
    assert!(two["status"].is_null() && two["unsettled"].as_str().unwrap().contains("abandonnée"), "{two}");
    let findings = council.findings();
    let torn_lines = findings
        .lines()
        .filter(|line| line.contains("maillages:") && line.contains("doublon_contradictoire"));
    assert!(torn_lines.count() >= 2, "{findings}");
    let filled = council.rows();
    let row = filled.iter().find(|row| row[0] == *torn).unwrap();
    assert!(row[6].contains("proposée") && row[6].contains("abandonnée"), "{row:?}");
    assert_eq!(council.memory(doubled)["note"], "première | seconde");
    // Given up: not proposed again, but kept where its status can be changed.
    assert!(!filled.iter().any(|row| row[0] == *abandoned));
    let others = council.sheet("Autres suivis");
    let other = others.iter().find(|row| row[0] == *abandoned).unwrap();
    assert_eq!((other[1].as_str(), other[4].as_str()), ("abandonnée", "trop loin"));
    assert!(other[6].contains("pas proposé de nouveau"), "{other:?}");
    // The workbook as it came back is kept, because not everything could be taken in.
    let kept = walk(&council.state("instantanes"));
    assert!(kept.iter().any(|path| {
        let mut book: calamine::Xlsx<_> = match open_workbook(path) {
            Ok(book) => book,
            Err(_) => return false,
        };
        book.worksheet_range("Fiches").is_ok()
    }));
    // Nothing of it is published.
    for path in walk(&council.day.path("published")) {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("trop loin") && !text.contains("première | seconde"), "{}", path.display());
    }

    // A quiet run changes nothing; then the quarrel is settled, and the given-up match taken up again.
    assert_eq!(council.run().status.code(), Some(0));
    assert_eq!(council.memory(torn), two);
    council.change(|name, rows| match name {
        "Maillages" => write(rows, torn, &[(1, "en discussion"), (5, "les deux")]),
        "Autres suivis" => write(rows, abandoned, &[(1, "proposed")]),
        _ => {}
    });
    assert_eq!(council.run().status.code(), Some(0));
    let two = council.memory(torn);
    assert_eq!((&two["status"], &two["unsettled"]), (&"en_discussion".into(), &"".into()));
    assert_eq!(two["agreed"]["offer"], true);
    let filled = council.rows();
    let back = filled.iter().find(|row| row[0] == *abandoned).unwrap();
    assert_eq!(back[1], "proposée");
    let history = back.last().unwrap();
    assert!(history.contains("abandonnée, trop loin") && history.contains("proposée"), "{history}");
}

#[test]
fn a_workbook_without_its_headings_stops_the_run_and_an_erased_answer_is_told() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    let id = council.rows()[1][0].clone();
    council.fill(&[["vue", &id, "proposée"]]);
    assert_eq!(council.run().status.code(), Some(0));
    council.change(|name, rows| {
        if name == "Maillages" {
            write(rows, &id, &[(1, "")]);
        }
    });
    assert_eq!(council.run().status.code(), Some(0));
    assert!(council.findings().lines().any(|line| line.contains("reponse_effacee")));
    assert_eq!(council.memory(&id)["status"], "proposee");
    council.change(|_, rows| {
        for row in rows {
            row.truncate(1);
        }
    });
    let before = fs::read(council.workbook()).unwrap();
    let output = council.run();
    assert_eq!(output.status.code(), Some(65));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("Identifiant") && message.contains("help:"), "{message}");
    assert_eq!(fs::read(council.workbook()).unwrap(), before);
}

#[test]
fn what_is_written_by_hand_where_nobody_reads_is_told_and_its_bytes_are_kept() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    let told = |kind: &str| {
        let findings = council.findings();
        let found = findings.lines().find(|line| line.contains("maillages:") && line.contains(kind));
        found.unwrap_or_default().to_owned()
    };
    // As it was written, it says nothing and is not kept.
    let own = fs::read(council.workbook()).unwrap();
    assert_eq!(council.run().status.code(), Some(0));
    assert!(told("maillages").is_empty() && !is_kept(&council, &own));

    // The headings of the list are deleted, an answer is filled in, and a company is added by hand.
    let list = council.rows();
    let id = list[1][0].clone();
    council.change(|name, rows| {
        if name == "Maillages" {
            write(rows, &id, &[(1, "proposée"), (2, "note sans titre")]);
            rows.remove(0);
            let mut new = vec![String::new(); 10];
            new.push("Nouvelle entreprise".to_owned());
            rows.push(new);
        }
    });
    let given = fs::read(council.workbook()).unwrap();
    let output = council.run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(is_kept(&council, &given));
    assert!(!told("colonne_disparue").is_empty() && !told("liste_rendue").is_empty());
    assert!(told("code_inconnu").contains("Nouvelle entreprise"));
    let one = council.memory(&id);
    assert_eq!((&one["status"], &one["note"]), (&"proposee".into(), &"note sans titre".into()));

    // A column of remarks, and a cell of ours that was corrected.
    council.change(|name, rows| {
        if name == "Maillages" {
            rows[0].push("Mes remarques".to_owned());
            rows[1].push("rappeler en janvier".to_owned());
            rows[1][17] = "999 t".to_owned();
        }
    });
    let given = fs::read(council.workbook()).unwrap();
    assert_eq!(council.run().status.code(), Some(0));
    assert!(told("colonne_nouvelle").contains("rappeler en janvier"));
    assert!(is_kept(&council, &given));
    for path in walk(&council.day.path("published")) {
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("note sans titre") && !text.contains("rappeler en"), "{}", path.display());
    }
}

#[test]
fn an_older_copy_of_the_workbook_turns_no_answer_back() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    let list = council.rows();
    let (first, second) = (list[1][0].clone(), list[2][0].clone());
    let answer = |id: &str, status: &str| {
        council.change(|name, rows| {
            if name == "Maillages" {
                write(rows, id, &[(1, status)]);
            }
        });
    };
    answer(&first, "proposée le 3 janvier");
    assert_eq!(council.run().status.code(), Some(0));
    let one = council.memory(&first);
    assert_eq!((&one["status"], &one["history"][0]["on"]), (&"proposee".into(), &"2026-01-03".into()));
    let old = fs::read(council.workbook()).unwrap();
    answer(&first, "réalisée");
    assert_eq!(council.run().status.code(), Some(0));
    // Somebody goes on with the copy of the day before.
    fs::write(council.workbook(), &old).unwrap();
    answer(&second, "proposée");
    assert_eq!(council.run().status.code(), Some(0));
    let one = council.memory(&first);
    assert_eq!((&one["status"], one["history"].as_array().unwrap().len()), (&"realisee".into(), 2));
    assert_eq!(council.memory(&second)["status"], "proposee");
    fs::write(council.workbook(), &old).unwrap();
    answer(&first, "abandonnée");
    assert_eq!(council.run().status.code(), Some(0));
    assert!(council.findings().lines().any(|line| line.contains("reponse_depassee")));
    let one = council.memory(&first);
    assert_eq!(one["status"], "realisee");
    assert!(one["unsettled"].as_str().unwrap().contains("abandonnée"), "{one}");
}

#[test]
fn a_given_up_match_stays_given_up_when_words_change_that_tell_no_material() {
    let day = Day::new();
    let mapping = fs::read_to_string(day.path("jours/mappings/flux.toml")).unwrap();
    let mapping = mapping.replacen("[columns]\n", "[columns]\n\"Numéro\" = \"flux_id\"\n", 1);
    day.write("mappings/flux.toml", &mapping);
    let council = Council::of(day);
    let write_source = |words: &str| {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        let rows = [
            ["Entreprise", "Sens", "Description", "Quantité", "Unité", "Numéro"],
            ["Canari 1 inc.", "offre", words, "100", "t", "F-1"],
            ["Canari 2 inc.", "demande", "palettes à réparer", "100", "t", "F-2"],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        workbook.save(council.day.path("jours/inputs/visites.xlsx")).unwrap();
    };
    let listed = || council.rows().iter().skip(1).map(|row| row[0].clone()).collect::<Vec<_>>();
    write_source("palettes de bois");
    let output = council.run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let id = listed()[0].clone();
    council.fill(&[["", &id, "abandonnée"]]);
    assert_eq!(council.run().status.code(), Some(0));
    assert!(listed().is_empty());
    write_source("palettes de bois (18 t)");
    assert_eq!(council.run().status.code(), Some(0));
    assert!(listed().is_empty(), "it is proposed again for its amount in the words");
    // Other words matter: it comes back under its identifier, and says why.
    write_source("palettes de bois neuves, propres, traitées à la chaleur");
    assert_eq!(council.run().status.code(), Some(0));
    let row = council.rows()[1].clone();
    assert_eq!((row[0].as_str(), row[1].as_str()), (id.as_str(), "abandonnée"));
    assert!(row.iter().any(|cell| cell.contains("description de l’offre")), "{row:?}");
}

#[test]
fn an_amount_is_read_as_its_cell_shows_it() {
    let council = Council::small();
    assert_eq!(council.run().status.code(), Some(0));
    let list = council.rows();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Maillages").unwrap();
    for (column, heading) in (0..).zip(["Identifiant", "Statut", "Quantité réalisée"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (row, format) in (1..).zip(["0%", "0\" t\""]) {
        sheet.write_string(row, 0, &list[row as usize][0]).unwrap();
        sheet.write_string(row, 1, "réalisée").unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format(format);
        sheet.write_number_with_format(row, 2, 2.0, &format).unwrap();
    }
    workbook.save(council.workbook()).unwrap();
    assert_eq!(council.run().status.code(), Some(0));
    let amount = |row: usize| council.memory(&list[row][0])["quantity_kg"].clone();
    assert_eq!((amount(1), amount(2)), (serde_json::Value::Null, 2_000.into()));
    assert!(council.findings().contains("\"200%\""));
}

#[test]
fn a_follow_up_stays_when_companies_get_a_number_or_lose_it_and_small_words_change() {
    let day = Day::new();
    let mapping = fs::read_to_string(day.path("jours/mappings/flux.toml")).unwrap();
    let mapping = mapping.replacen("[columns]\n", "[columns]\n\"NEQ\" = \"neq\"\n", 1);
    day.write("mappings/flux.toml", &mapping);
    let council = Council::of(day);
    let listed_after = |numbers: [&str; 2], words: &str| {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        let rows = [
            ["Entreprise", "Sens", "Description", "Quantité", "Unité", "NEQ"],
            ["Canari 1 inc.", "offre", words, "100", "t", numbers[0]],
            ["Canari 2 inc.", "demande", "palettes à réparer", "100", "t", numbers[1]],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        workbook.save(council.day.path("jours/inputs/visites.xlsx")).unwrap();
        let output = council.run();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        council.rows().iter().skip(1).map(|row| [row[0].clone(), row[1].clone()]).collect::<Vec<_>>()
    };
    let (none, both) = (["", ""], ["1140000001", "1140000002"]);
    let id = listed_after(none, "palettes de bois")[0][0].clone();
    council.fill(&[["", &id, "abandonnée"]]);
    for (numbers, words) in [
        (none, "palettes de bois"),
        (both, "palettes de bois"),
        (both, "palettes en bois"),
        (none, "Palettes bois"),
    ] {
        assert!(listed_after(numbers, words).is_empty(), "{numbers:?} {words}");
    }
    council.fill(&[["", &id, "réalisée"]]);
    for numbers in [none, both, none] {
        assert_eq!(listed_after(numbers, "palettes de bois"), [[id.clone(), "réalisée".to_owned()]]);
    }
    assert_eq!(council.memory(&id)["supplier"], "canari 1");
}
