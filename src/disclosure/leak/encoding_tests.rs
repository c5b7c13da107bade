//! Names, numbers and keys are found however they are encoded or disguised.

use super::Canaries;
use super::tests::{PAGE, canaries, public, row};
use crate::model::{Field, RawRow};
use proptest::prelude::*;

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
fn names_and_numbers_in_disguise_are_leaks() {
    let names = [(Field::Name, "Zébrûlax Mogantine inc."), (Field::EnterpriseNumber, "1170034567")];
    let canaries = Canaries::collect(&[row(&names, &[])], &public());
    for (text, kind) in [
        ("z.e.b.r.u.l.a.x m.o.g.a.n.t.i.n.e", "nom"),
        ("Z-é-b-r-û-l-a-x M-o-g-a-n-t-i-n-e", "nom"),
        ("zebrulах mоgаntine", "nom"),
        ("Z=C3=A9br=C3=BBlax Mogantine", "nom"),
        ("ParcZébrûlaxMogantineInc2026", "nom"),
        ("Zébr\u{2062}ûlax Mog\u{180e}an\u{202c}tine", "nom"),
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
