use super::{Canaries, Exception, Public, Scan};
use crate::model::{Cell, Confidential, Field, Location, RawCell, RawHeading, RawRow, Subject};
use proptest::prelude::*;
use std::sync::Arc;

const PAGE: &str = "<!doctype html><html lang=\"fr\"><title>Parc industriel de Beauport</title>\
<h1>Beauport, Québec</h1><p>Métaux et verre : 12 entreprises, 4 185 t en 2026. Total du recyclage.</p>\
<table><tr><th>Bois</th><td>Métaux</td><td>Verre</td><td>confidentiel</td></tr></table>";

fn cell(text: &str) -> RawCell {
    RawCell { value: Cell::text(text), column: "A".to_owned(), header: "A".to_owned(), unit_in_header: None }
}

fn row(cells: &[(Field, &str)], unmapped: &[&str]) -> RawRow {
    RawRow {
        location: Location { source: "s".into(), file: Confidential::new("".into()), sheet: None, row: 1 },
        cells: cells.iter().map(|(field, text)| (*field, cell(text))).collect(),
        unmapped: unmapped.iter().map(|text| cell(text)).collect(),
        headings: Arc::default(),
        hidden: false,
        spans: false,
        subject: Subject::Flows,
        replaces: None,
        held: None,
    }
}

fn public() -> Public {
    let titles = "Bois Carton et papier Métaux Verre parc industriel de Beauport Ville de Québec \
        déchets de construction et de démolition info@programme.test 46,85 -71,19";
    Public::new(
        [PAGE, titles],
        &["Avec la région et merci à Verre Recyclage"],
        &["Zone du Pélican"],
        &["Bois Urbain".to_owned()],
    )
}

const SECRETS: &[(Field, &str)] = &[
    (Field::Name, "Métallurgie Canari inc."),
    (Field::Group, "Gestion Œuf Bleu"),
    (Field::EnterpriseNumber, "1199000042"),
    (Field::Contact, "Mme Jeanne Serin, directrice"),
    (Field::Email, "jeanne.serin@canari.test"),
    (Field::Telephone, "418 555-0142"),
    (Field::Address, "450, rue du Bouvreuil, Québec (Québec) G1C 5R9"),
    (Field::Description, "retailles de sapin très sèches, à prendre le mardi"),
    (Field::Conditions, "quai surélevé"),
    (Field::Latitude, "46.85123"),
    (Field::FlowId, "syn-2026-014"),
];

fn canaries() -> Canaries {
    let mut row = row(SECRETS, &["Ne pas rappeler madame Rossignol avant midi"]);
    row.location.file = Confidential::new("Visite Fauvette.xlsx".into());
    row.location.sheet = Some(Confidential::new("Pinson 2026".into()));
    Canaries::collect(&[row], &public())
}

fn kinds(text: &str) -> Vec<&'static str> {
    canaries().scan("page.html", text.as_bytes()).leaks.into_iter().collect()
}

#[test]
fn every_kind_is_found_and_named() {
    for (text, kind) in [
        ("<p>METALLURGIE <b>Canari</b>, inc</p>", "nom"),
        ("<b>M&eacute;tal</b><i>lurgie</i> Can&shy;ari", "nom"),
        ("https://metallurgiecanari.example/", "nom"),
        ("gestion oeuf bleu", "groupe"),
        ("{\"a\": \"1199000042\"}", "neq"),
        ("NEQ1199000042", "neq"),
        ("1199 000 042", "neq"),
        ("Serin, Jeanne", "contact"),
        ("Jeanne Serin", "contact"),
        ("mailto:JEANNE.SERIN@canari.test", "courriel"),
        ("https://canari.test/visite", "domaine"),
        ("tel:4185550142", "telephone"),
        ("+1 (418) 555-0142", "telephone"),
        ("450 rue du Bouvreuil", "adresse"),
        ("G1C&nbsp;5R9", "adresse"),
        ("g1c5r9", "adresse"),
        ("Retailles de sapin, tres seches.", "description"),
        ("à prendre le MARDI", "description"),
        ("quai-sureleve", "conditions"),
        ("46.85123", "lat"),
        ("SYN_2026_014", "flux_id"),
        ("ne pas rappeler MADAME", "note"),
        ("visite fauvette.xlsx", "description"),
        ("pinson-2026.html", "description"),
    ] {
        assert!(kinds(text).contains(&kind), "{text}: {:?}", kinds(text));
    }
}

#[test]
fn nothing_is_found_in_the_products_own_pages() {
    assert_eq!(kinds(PAGE), [""; 0]);
    for text in ["46,85", "2026-01-14", "ab1199000042cd", "Québec", "rue", "25 kg", "mardi"] {
        assert_eq!(kinds(text), [""; 0], "{text}");
    }
}

#[test]
fn the_name_of_a_place_alone_in_its_row_is_a_title_and_that_of_a_company_is_none() {
    let heading = |field| RawHeading { column: "A".to_owned(), header: String::new(), field };
    let headings: Arc<[RawHeading]> = [Some(Field::Name), None, None].map(heading).into();
    let leaks = |name: &str, others: &[&str]| {
        let row = RawRow { headings: headings.clone(), ..row(&[(Field::Name, name)], others) };
        Canaries::collect(&[row], &public()).scan("a.html", format!("<p>{name}</p>").as_bytes()).leaks.len()
    };
    assert_eq!(leaks("Zone du Pélican", &[]), 0);
    assert_eq!(leaks("Zone du Pélican", &["bois"]), 1);
    assert_eq!(leaks("Zone du Pélican inc.", &[]), 1);
    assert_eq!(leaks("Nordet", &[]), 1);
}

#[test]
fn companies_called_like_public_words_raise_no_false_alarm_but_their_full_names_are_kept() {
    let names = [
        "Bois",
        "Québec",
        "Métaux et verre inc.",
        "Recyclage",
        "Total",
        "2026",
        "Beauport",
        "Verre",
        "M",
        "3M",
        "Les Métaux",
        "Bois inc.",
        "Parc industriel de Beauport",
        "Recyclage Québec",
        "Confidentiel",
        "p",
        "html",
        "Entreprises",
        "12",
        "Bois Métaux Verre",
        "Total Recyclage Bois Québec",
    ];
    let rows: Vec<RawRow> = names
        .iter()
        .map(|name| {
            row(
                &[
                    (Field::Name, name),
                    (Field::Description, "Bois"),
                    (Field::Contact, name),
                    (Field::Address, name),
                ],
                &["2026-01-14T10:00:00Z", "oui", "parc industriel de Beauport", "0000000000", name],
            )
        })
        .collect();
    let canaries = Canaries::collect(&rows, &public());
    let scan = canaries.scan("beauport/bois-2026.html", PAGE.as_bytes());
    assert_eq!(scan.leaks.len(), 0, "{scan:?}");
    assert!(scan.exceptions[&("nom", Exception::PublicWords)] > 0, "{scan:?}");
    for leak in ["Métaux et verre inc.", "<td>Bois, inc.</td>", "<p>Total Recyclage Bois Québec</p>"] {
        assert!(canaries.scan("a.csv", leak.as_bytes()).leaks.contains("nom"), "{leak}");
    }
    let stamped = "{\"created\": \"2026-01-14T00:00:00Z\"}";
    assert_eq!(canaries.scan("a.json", stamped.as_bytes()).leaks.len(), 0);
}

#[test]
fn a_reviewed_name_passes_and_is_counted() {
    let row = row(&[(Field::Name, "Bois Urbain")], &[]);
    let scan = Canaries::collect(&[row], &public()).scan("a.html", b"<p>bois urbain</p>");
    let mut exceptions = Scan::default().exceptions;
    exceptions.insert(("nom", Exception::Reviewed), 2);
    assert_eq!(scan.leaks.len(), 0);
    assert!(scan.exceptions.keys().eq(exceptions.keys()), "{scan:?}");
}

#[test]
fn a_reviewed_name_passes_as_the_row_has_it_and_inside_longer_texts() {
    let page = "Zone Fauvette Sud de la Rive; zonefauvettesud; Fauvette Sud";
    let reviewed = ["Zone Fauvette Sud inc.".to_owned(), "Zone Fauvette Sud de la Rive".to_owned()];
    for (field, text) in [
        (Field::Name, "Zone Fauvette Sud inc."),
        (Field::Note, "livré à la zone Fauvette Sud de la Rive, quai 7"),
    ] {
        let leaks = |reviewed: &[String]| {
            let public = Public::new([PAGE], &[], &[], reviewed);
            Canaries::collect(&[row(&[(field, text)], &[])], &public).scan("p", page.as_bytes()).leaks
        };
        assert!(!leaks(&[]).is_empty() && leaks(&reviewed).is_empty(), "{text}");
    }
    let public = Public::new([PAGE], &[], &[], &reviewed);
    let other = row(&[(Field::Name, "Fauvette Sud")], &[]);
    assert!(!Canaries::collect(&[other], &public).scan("p", page.as_bytes()).leaks.is_empty());
}

#[test]
fn what_is_found_is_told_with_its_row_and_never_its_text() {
    let rows = [row(&[(Field::Name, "Bois Canari")], &[]), row(&[(Field::Contact, "Jeanne Serin")], &[])];
    let canaries = Canaries::collect(&rows, &public());
    let told = canaries.told(&canaries.scan("p", b"merci a Jeanne Serin"));
    assert_eq!(told, [format!("contact of the row {}", rows[1].location.public())]);
}

#[test]
fn words_of_the_operators_prose_are_public_but_names_in_it_are_leaks() {
    let found = |name: &str, note: &str| {
        let row = row(&[(Field::Name, name), (Field::Note, note)], &["verre recyclage"]);
        let scan =
            Canaries::collect(&[row], &public()).scan("a.html", b"Avec la region et merci a Verre Recyclage");
        scan.leaks.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(found("Verre Recyclage inc.", "région"), ["nom"]);
    // A name of one word that nobody but the operator writes is a name.
    assert_eq!(found("Région", ""), ["nom"]);
}

#[test]
fn descriptions_of_public_words_are_leaks_only_as_long_runs() {
    let texts =
        ["Bois", "déchets de construction et de démolition", "métaux et verre du parc industriel de Québec"];
    let rows: Vec<RawRow> = texts.iter().map(|text| row(&[(Field::Description, text)], &[])).collect();
    let canaries = Canaries::collect(&rows, &public());
    let found = |text: &str| !canaries.scan("a.html", text.as_bytes()).leaks.is_empty();
    assert!(
        !found("bois") && !found("Déchets de construction et de démolition") && !found("métaux et verre")
    );
    assert!(!found("<td>métaux</td><td>et</td><td>verre</td><td>du parc industriel</td><td>de Québec</td>"));
    assert!(found("métaux et verre du parc industriel de Québec"));
}

#[test]
fn pseudonyms_and_their_key_are_canaries() {
    let mut canaries = canaries();
    let key: [u8; 32] = std::array::from_fn(|place| u8::try_from(place * 7).unwrap());
    let pseudonym = "0123456789abcdef0123456789abcdef";
    canaries.pseudonyms([pseudonym]);
    canaries.key(&key);
    let found = |bytes: &[u8]| canaries.scan("a", bytes).leaks.into_iter().collect::<Vec<_>>();
    assert_eq!(found(pseudonym.to_uppercase().as_bytes()), ["pseudonyme"]);
    assert_eq!(found(&[b"ab".as_slice(), &key].concat()), ["cle"]);
    let hexadecimal: String = each_of(key.iter(), |byte| format!("{byte:02X}"));
    assert_eq!(found(hexadecimal.as_bytes()), ["cle"]);
    assert_eq!(found(base64(&key).as_bytes()), ["cle"]);
}

#[test]
fn file_names_and_archives_are_looked_into_and_what_cannot_be_read_does_not_pass() {
    let canaries = canaries();
    assert!(canaries.scan("parcs/metallurgie-canari-inc.html", b"").leaks.contains("nom"));
    assert!(canaries.scan("parcs/M%C3%A9tallurgie%20Canari.svg", b"").leaks.contains("nom"));
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, "Métallurgie Canari ".repeat(9).as_bytes()).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert!(canaries.scan("a.zip", &archive).leaks.contains("nom"));
    for bytes in [b"PAR1 nonsense".as_slice(), b"PK\x03\x04 nonsense", &[0x1f, 0x8b, 8]] {
        assert!(canaries.scan("a", bytes).leaks.contains("unreadable"));
    }
}

fn parquet(column: arrow::array::ArrayRef, name: &str, note: &str) -> Vec<u8> {
    let batch = arrow::record_batch::RecordBatch::try_from_iter([(name, column)]).unwrap();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![parquet::file::metadata::KeyValue::new(
            "note".to_owned(),
            note.to_owned(),
        )]))
        .build();
    let mut bytes = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_is_read_in_values_numbers_dictionaries_and_metadata() {
    use arrow::array::{DictionaryArray, Int32Array, Int64Array, StringArray};
    use std::sync::Arc;
    let canaries = canaries();
    let found = |bytes: &[u8]| canaries.scan("a.parquet", bytes).leaks.into_iter().collect::<Vec<_>>();
    let texts =
        |text: &str| Arc::new(StringArray::from(vec!["bois", text, "verre"])) as arrow::array::ArrayRef;
    assert_eq!(found(&parquet(texts("métaux"), "categorie", "")), [""; 0]);
    assert_eq!(found(&parquet(texts("Métallurgie Canari"), "categorie", "")), ["nom"]);
    assert_eq!(found(&parquet(texts("métaux"), "metallurgie_canari", "")), ["nom"]);
    assert_eq!(found(&parquet(texts("métaux"), "categorie", "Jeanne Serin")), ["contact"]);
    assert_eq!(found(&parquet(Arc::new(Int64Array::from(vec![1, 1_199_000_042])), "kg", "")), ["neq"]);
    // A value that no row has, but that stands in the dictionary.
    let values = Arc::new(StringArray::from(vec!["bois", "Métallurgie Canari"]));
    let unused = DictionaryArray::new(Int32Array::from(vec![0, 0]), values);
    let bytes = parquet(Arc::new(unused), "categorie", "");
    let is_kept = super::parquet::contents(&bytes)
        .unwrap()
        .pages
        .iter()
        .any(|page| String::from_utf8_lossy(page).contains("Canari"));
    assert_eq!(found(&bytes).is_empty(), !is_kept);
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(SIGNS[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text + &"="[..usize::from(bytes.len() % 3 == 2)] + if bytes.len() % 3 == 1 { "==" } else { "" }
}

fn base32(bytes: &[u8]) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = each_of(bytes, |byte| format!("{byte:08b}"));
    let groups =
        bits.as_bytes().chunks(5).map(|group| format!("{:0<5}", std::str::from_utf8(group).unwrap()));
    each_of(groups, |group| char::from(SIGNS[usize::from_str_radix(&group, 2).unwrap()]).to_string())
}

fn each_of<T>(items: impl IntoIterator<Item = T>, write: impl Fn(T) -> String) -> String {
    items.into_iter().map(write).collect()
}

/// The test's own encoders, apart from the decoders of the gate.
fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |order: fn(u16) -> [u8; 2], mark: &[u8]| {
        let units = text.encode_utf16().flat_map(order);
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    let latin: Vec<u8> =
        text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect();
    let percent = |bytes: &[u8]| each_of(bytes, |byte| format!("%{byte:02X}"));
    let hexadecimal: String = each_of(text.bytes(), |byte| format!("{byte:02x}"));
    let each =
        |write: fn(u32) -> String| text.chars().map(|character| write(character.into())).collect::<String>();
    let tagged: String = each_of(text.chars(), |character| format!("<b>{character}</b>"));
    let words: String = each_of(text.split(' '), |word| format!("<tr><td>{word}</td></tr>"));
    let apart: Vec<String> = text.chars().map(String::from).collect();
    let alike = |character: char| match character {
        'a' => 'а',
        'e' => 'е',
        'o' => 'ο',
        '0'..='9' => char::from_u32(0x660 + u32::from(character) - 0x30).unwrap(),
        other => other,
    };
    let pairs: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mojibake: String = text.bytes().map(char::from).collect();
    vec![
        ("utf-8", text.as_bytes().to_vec()),
        ("upper case", text.to_uppercase().into_bytes()),
        ("without accents", crate::model::fold(text).into_bytes()),
        (
            "decomposed",
            unicode_normalization::UnicodeNormalization::nfd(text).collect::<String>().into_bytes(),
        ),
        ("latin1", latin.clone()),
        ("utf-16le", wide(u16::to_le_bytes, &[0xff, 0xfe])),
        ("utf-16be", wide(u16::to_be_bytes, &[0xfe, 0xff])),
        ("utf-16 without mark", wide(u16::to_le_bytes, &[])),
        ("twice utf-8", mojibake.into_bytes()),
        ("percent", percent(text.as_bytes()).into_bytes()),
        ("percent twice", percent(percent(text.as_bytes()).as_bytes()).into_bytes()),
        ("percent latin1", percent(&latin).into_bytes()),
        ("entities", each(|code| format!("&#{code};")).into_bytes()),
        ("hexadecimal entities", each(|code| format!("&#x{code:X};")).into_bytes()),
        ("json", each(|code| format!("\\u{code:04x}")).into_bytes()),
        ("base64", base64(text.as_bytes()).into_bytes()),
        ("base32", base32(text.as_bytes()).into_bytes()),
        ("hexadecimal", hexadecimal.into_bytes()),
        ("hexadecimal apart", pairs.join(" ").into_bytes()),
        ("quoted-printable", each_of(text.bytes(), |byte| format!("={byte:02X}")).into_bytes()),
        ("bytes of a script", each_of(text.bytes(), |byte| format!("\\x{byte:02x}")).into_bytes()),
        ("octal", each_of(text.bytes(), |byte| format!("\\{byte:03o}")).into_bytes()),
        ("style sheet", each(|code| format!("\\{code:06x}")).into_bytes()),
        ("letters apart", apart.join(" ").into_bytes()),
        ("lookalikes", text.chars().map(alike).collect::<String>().into_bytes()),
        ("tags inside words", tagged.into_bytes()),
        ("tags between words", words.into_bytes()),
        ("soft hyphens", each(|code| format!("{}&shy;", char::from_u32(code).unwrap())).into_bytes()),
    ]
}

/// Places in a page, a drawing, a table and a dictionary.
const PLACES: &[(&str, &str)] = &[
    ("<p>", "</p>"),
    ("<a href=\"/parcs/", "/\">Beauport</a>"),
    ("<img alt='", "'>"),
    ("<!-- ", " -->"),
    ("<svg><text>", "</text><title>Bois</title></svg>"),
    ("bois,", ",12\n"),
    ("{\"titre\": \"", "\"}"),
    ("<script>var a = '", "';</script>"),
    ("https://programme.test/?q=", "&p=1"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn planted_names_are_found_in_every_encoding_and_place(
        first in "[B-Zb-z][a-zéèêçàîôùœ]{4,9}",
        second in "[B-Zb-z][a-zéèêçàîôù]{4,9}",
        digits in "[1-9][0-9]{8}[1-9]",
    ) {
        let name = format!("{first} {second}");
        prop_assume!(!["Beauport", "Québec", "Métaux"].contains(&first.as_str()));
        let row = row(&[(Field::Name, &name), (Field::EnterpriseNumber, &digits)], &[]);
        let canaries = Canaries::collect(&[row], &public());
        for (text, kind) in [(&name, "nom"), (&digits, "neq")] {
            for (encoding, bytes) in encodings(text) {
                let is_lossy = encoding == "latin1" || encoding == "percent latin1";
                if is_lossy && text.contains('œ') || encoding == "tags between words" && kind == "neq" {
                    continue;
                }
                for (before, after) in PLACES {
                    let is_wide = encoding.starts_with("utf-16");
                    let page: Vec<u8> = if is_wide {
                        bytes.clone()
                    } else {
                        [before.as_bytes(), &bytes, after.as_bytes()].concat()
                    };
                    let scan = canaries.scan("a.html", &page);
                    prop_assert!(scan.leaks.contains(kind), "{encoding} {before} {text} {scan:?}");
                    if is_wide {
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn a_release_without_planted_texts_passes(rows in prop::collection::vec("[a-zé ]{5,40}", 1..20)) {
        let rows: Vec<RawRow> = rows.iter().map(|text| row(&[(Field::Description, text)], &[text])).collect();
        let scan = Canaries::collect(&rows, &public()).scan("beauport/index.html", PAGE.as_bytes());
        prop_assert!(scan.leaks.is_empty(), "{scan:?}");
    }
}

#[test]
fn what_the_operator_writes_is_looked_through_too() {
    let public = |reviewed: &[String]| {
        let prose = ["Merci à Jeanne Serin", "Fermé après une mésentente grave", "reseau@canari.test"];
        Public::new([PAGE], &prose, &["Parc Gestion Fauvette", "Zone du Pélican"], reviewed)
    };
    let leaks = |field: Field, text: &str, reviewed: &[String], page: &str| {
        Canaries::collect(&[row(&[(field, text)], &[])], &public(reviewed)).scan("p", page.as_bytes()).leaks
    };
    let none: &[String] = &[];
    for (field, text) in [
        (Field::Contact, "Mme Jeanne Serin"),
        (Field::Group, "Gestion Fauvette"),
        (Field::AbandonReason, "mésentente grave"),
        (Field::Email, "reseau@canari.test"),
    ] {
        let page =
            "Jeanne Serin; Parc Gestion Fauvette; Fermé après une mésentente grave; reseau@canari.test";
        assert!(!leaks(field, text, none, page).is_empty(), "{text}");
    }
    // An address or a sheet may say which park it is, and ordinary words are nobody's.
    for (field, text) in [
        (Field::Address, "12, Zone du Pélican, parc Gestion Fauvette"),
        (Field::Note, "Zone du Pélican"),
        (Field::Description, "Métaux et verre"),
    ] {
        assert!(
            leaks(field, text, none, "Zone du Pélican, Parc Gestion Fauvette, Métaux et verre").is_empty(),
            "{text}"
        );
    }
    // A person reviewed the mailbox: it is the programme's own.
    let reviewed = ["reseau@canari.test".to_owned()];
    assert!(leaks(Field::Email, "reseau@canari.test", &reviewed, "mailto:reseau@canari.test").is_empty());
}

#[test]
fn a_name_that_the_operator_writes_as_one_word_is_a_leak_until_it_is_reviewed() {
    let page = "Merci; https://zebrulaxmogantine.example/ Parc ZebrulaxMogantine";
    let leaks = |name: &str, reviewed: &[String]| {
        let public = Public::new(
            [PAGE],
            &["https://zebrulaxmogantine.example/"],
            &["Parc ZebrulaxMogantine"],
            reviewed,
        );
        let row = row(&[(Field::Name, name)], &[]);
        Canaries::collect(&[row], &public).scan("p", page.as_bytes()).leaks.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(leaks("Zébrûlax Mogantine inc.", &[]), ["nom"]);
    for reviewed in ["Zébrûlax Mogantine inc.", "Zébrûlax Mogantine", "zebrulaxmogantine"] {
        assert_eq!(leaks("Zébrûlax Mogantine inc.", &[reviewed.to_owned()]), [""; 0], "{reviewed}");
    }
    assert_eq!(leaks("Mogantine Zébrûlax inc.", &[]), [""; 0]);
}

#[test]
fn names_and_numbers_in_disguise_are_leaks() {
    let names = [(Field::Name, "Zébrûlax Mogantine inc."), (Field::EnterpriseNumber, "1170034567")];
    let canaries = Canaries::collect(&[row(&names, &[])], &public());
    for (text, kind) in [
        ("z.e.b.r.u.l.a.x m.o.g.a.n.t.i.n.e", "nom"),
        ("Z-é-b-r-û-l-a-x M-o-g-a-n-t-i-n-e", "nom"),
        ("zebrulах mоgаntine", "nom"),
        ("Z=C3=A9br=C3=BBlax Mogantine", "nom"),
        ("https://xn--zbrlaxmogantine-bnb22a.example/", "nom"),
        ("NEQ 1,170,034,567", "neq"),
        ("1'170'034'567", "neq"),
        ("001170034567", "neq"),
        ("1 1 7 0 0 3 4 5 6 7", "neq"),
        ("١١٧٠٠٣٤٥٦٧", "neq"),
    ] {
        assert!(canaries.scan("p", text.as_bytes()).leaks.contains(kind), "{text}");
    }
    for text in ["1,170,034", "x,1,170,034,567", "Z. M.", "zébrûlax"] {
        assert_eq!(canaries.scan("p", text.as_bytes()).leaks.len(), 0, "{text}");
    }
}
