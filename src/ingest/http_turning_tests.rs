//! How pages turn and end, on a real socket.

use super::http_faults_tests::{Act, Heard, answer, packed, platform};
use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, read_source};
use crate::model::{FindingKind, Severity};
use std::path::Path;
use std::sync::{Arc, Mutex};

const PAGE: &str = "paging = { kind = \"page\", parameter = \"p\" }";
const LINK: &str = "paging = { kind = \"next_link\" }";
const HAL: &str = "paging = { kind = \"next_link\", pointer = \"/_links/next\" }";
const CURSOR: &str = "paging = { kind = \"cursor\", parameter = \"apres\", pointer = \"/suite\" }";

fn page(name: &str, rest: &str) -> Act {
    answer("200 OK", &format!(r#"{{"data":[{{"nom":"{name}"}}]{rest}}}"#))
}

async fn read(address: &str, keys: &str) -> Result<SourceRead, IngestError> {
    let source =
        source(&format!("pointer = \"/data\"\n[http]\nurl = \"{address}/flux\"\nretries = 0\n{keys}"));
    let mapping = mapping("[columns]\nnom = \"nom\"\n");
    read_source(&source, &mapping, &context(Path::new("."), &Memory::default())).await
}

fn asked(heard: &Arc<Mutex<Heard>>) -> Vec<String> {
    let requests = &heard.lock().unwrap().requests;
    requests.iter().map(|request| request.split(" HTTP").next().unwrap().to_owned()).collect()
}

fn warned(read: &SourceRead) -> bool {
    read.findings.iter().any(|finding| finding.kind == FindingKind::LostPagePointer)
}

#[tokio::test]
async fn a_link_header_is_read_whatever_its_bytes_and_one_that_is_none_is_told() {
    for link in [
        &b"<?page=2>; rel=\"next\"; title=\"Soci\xC3\xA9t\xC3\xA9\""[..],
        b"<?page=2>; title=\"Soci\xE9t\xE9\"; rel='next'",
        b"</flux?page=2>; REL=\"last NEXT\"",
    ] {
        let body = br#"{"data":[{"nom":"A"}]}"#;
        let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 22\r\nLink: ".to_vec();
        bytes.extend_from_slice(link);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(body);
        let (address, heard) = platform(vec![Act::Answer(bytes), page("B", "")]).await;
        assert_eq!(read(&address, LINK).await.unwrap().rows.len(), 2);
        assert_eq!(asked(&heard), ["GET /flux", "GET /flux?page=2"]);
    }
    let broken = packed("200 OK\r\nLink: /flux?page=2; rel=next", br#"{"data":[{"nom":"A"}]}"#);
    let (address, heard) = platform(vec![broken]).await;
    let error = read(&address, LINK).await.unwrap_err();
    assert!(error.to_string().contains("its `Link` header cannot be read"), "{error}");
    assert_eq!(asked(&heard).len(), 1);
}

#[tokio::test]
async fn a_relative_link_is_one_of_the_address_that_answered() {
    let moved = answer("302 Found\r\nLocation: /v2/flux", "");
    let first = packed("200 OK\r\nLink: <p2>; rel=next", br#"{"data":[{"nom":"A"}]}"#);
    let (address, heard) = platform(vec![moved, first, page("B", "")]).await;
    assert_eq!(read(&address, LINK).await.unwrap().rows.len(), 2);
    assert_eq!(asked(&heard), ["GET /flux", "GET /v2/flux", "GET /v2/p2"]);
}

#[tokio::test]
async fn a_link_in_the_body_may_be_an_object_and_what_is_no_link_is_told() {
    let first = page("A", r#","_links":{"next":{"href":"/flux?page=2"}}"#);
    let (address, heard) = platform(vec![first, page("B", r#","_links":{"next":null}"#)]).await;
    let whole = read(&address, HAL).await.unwrap();
    assert_eq!((whole.rows.len(), warned(&whole)), (2, false));
    assert_eq!(asked(&heard), ["GET /flux", "GET /flux?page=2"]);
    for (keys, rest) in [
        (HAL, r#","_links":{"next":{"uri":"/x"}}"#),
        (HAL, r#","_links":{"next":["/x"]}"#),
        (CURSOR, r#","suite":{"href":"/x"}"#),
        (CURSOR, r#","suite":true"#),
    ] {
        let (address, heard) = platform(vec![page("A", rest)]).await;
        let error = read(&address, keys).await.unwrap_err();
        assert!(error.to_string().contains("correct `pointer` of `paging`"), "{error}");
        assert_eq!((error.exit_code(), asked(&heard).len()), (65, 1));
    }
}

#[tokio::test]
async fn a_pointer_that_meets_nothing_on_any_page_is_told_with_its_name() {
    let (address, _) = platform(vec![page("A", r#","links":{"next":"/flux?page=2"}"#)]).await;
    let half = read(&address, "paging = { kind = \"next_link\", pointer = \"/link/next\" }").await.unwrap();
    assert!(warned(&half) && half.findings[0].message_en.contains("(/link/next)"), "{:?}", half.findings);
    // Null is a last page, and so is one with all that were announced.
    for (keys, rest) in [
        (CURSOR.to_owned(), r#","suite":null"#),
        (format!("count_pointer = \"/total\"\n{CURSOR}"), r#","total":1"#),
    ] {
        let (address, _) = platform(vec![page("A", rest)]).await;
        assert!(!warned(&read(&address, &keys).await.unwrap()), "{keys}");
    }
    let (address, _) = platform(vec![page("A", r#","suite":2"#), page("B", "")]).await;
    assert!(!warned(&read(&address, CURSOR).await.unwrap()));
}

#[tokio::test]
async fn a_record_of_an_earlier_page_that_comes_again_is_told_and_two_alike_on_one_page_are_not() {
    let records = |names: &[&str]| {
        let records: Vec<String> = names.iter().map(|name| format!(r#"{{"nom":"{name}"}}"#)).collect();
        answer("200 OK", &format!(r#"{{"data":[{}]}}"#, records.join(",")))
    };
    // Somebody entered a record before the first one while the pages were read: the last one moved on.
    let pages = vec![records(&["A", "B", "B"]), records(&["B", "C"]), records(&[])];
    let (address, heard) = platform(pages).await;
    let read = read(&address, PAGE).await.unwrap();
    assert_eq!((read.rows.len(), asked(&heard).len()), (5, 3));
    let mut told = read.findings.iter().filter(|finding| finding.kind == FindingKind::RepeatedRecord);
    let (told, None) = (told.next().unwrap(), told.next()) else { panic!("told twice") };
    assert_eq!((&**told.location.file.reveal(), told.severity), ("page 2", Severity::Warning));
    assert!(told.message_en.ends_with("(1)"), "{}", told.message_en);
}

#[tokio::test]
async fn a_record_that_comes_twice_among_as_many_as_were_announced_means_that_one_is_missing() {
    let records = |names: &[&str], member: &str| {
        let records: Vec<String> =
            names.iter().map(|name| format!(r#"{{"{member}":"{name}","nom":"{name}"}}"#)).collect();
        answer("200 OK", &format!(r#"{{"total":4,"data":[{}]}}"#, records.join(",")))
    };
    let keys = format!("count_pointer = \"/total\"\n{PAGE}");
    for (member, is_refused) in [("_id", true), ("ville", false)] {
        let pages = [&["A", "B"][..], &["B", "C"], &[]].map(|names| records(names, member));
        let (address, heard) = platform(pages.into()).await;
        let read = read(&address, &keys).await;
        assert_eq!(asked(&heard).len(), 3);
        if is_refused {
            let error = read.unwrap_err();
            assert!(error.to_string().contains("4 records and gave as many, 1 of them twice"), "{error}");
            assert_eq!(error.exit_code(), 75);
        } else {
            let told = read.unwrap().findings;
            assert!(told.iter().any(|finding| finding.kind == FindingKind::RepeatedRecord));
        }
    }
    // Every record of its own.
    let whole = [&["A", "B"][..], &["C", "D"], &[]].map(|names| records(names, "_id"));
    let (address, _) = platform(whole.into()).await;
    assert_eq!(read(&address, &keys).await.unwrap().rows.len(), 4);
}

#[tokio::test]
async fn a_mark_that_is_a_wide_number_is_sent_as_it_came() {
    let first = page("A", r#","suite":12345678901234567890123"#);
    let (address, heard) = platform(vec![first, page("B", r#","suite":null"#)]).await;
    assert_eq!(read(&address, CURSOR).await.unwrap().rows.len(), 2);
    assert_eq!(asked(&heard), ["GET /flux", "GET /flux?apres=12345678901234567890123"]);
}

#[tokio::test]
async fn nothing_behind_the_last_page_ends_the_source() {
    let counted = format!("count_pointer = \"/total\"\n{PAGE}");
    let two = || vec![page("A", r#","total":2"#), page("B", r#","total":2"#)];
    let ends = || {
        [
            answer("404 Not Found", r#"{"detail":"Invalid page."}"#),
            answer("204 No Content", ""),
            answer("200 OK", " \n"),
        ]
    };
    for end in ends() {
        let (address, heard) = platform(two().into_iter().chain([end]).collect()).await;
        let read = read(&address, &counted).await.unwrap();
        assert_eq!((read.rows.len(), read.snapshots.len()), (2, 2));
        assert_eq!(asked(&heard), ["GET /flux?p=1", "GET /flux?p=2", "GET /flux?p=3"]);
    }
    for end in ends() {
        let (address, _) = platform(vec![page("A", ""), end]).await;
        assert_eq!(read(&address, PAGE).await.unwrap().rows.len(), 1);
    }
    // Before all came, and on the first page, nothing is an error.
    for end in ends() {
        let (address, heard) = platform(vec![page("A", r#","total":2"#), end]).await;
        assert!(read(&address, &counted).await.is_err());
        assert_eq!(asked(&heard).len(), 2);
    }
    for end in ends() {
        let (address, heard) = platform(vec![end]).await;
        assert!(read(&address, PAGE).await.is_err());
        assert_eq!(asked(&heard).len(), 1);
    }
}

#[tokio::test]
async fn the_last_page_once_more_is_an_end_when_all_came_and_an_error_before() {
    let keys = format!("count_pointer = \"/total\"\n{PAGE}");
    // A count may be text.
    let last = |total: u32| page("B", &format!(r#","total":"{total}""#));
    let pages = |total: u32| vec![page("A", &format!(r#","total":"{total}""#)), last(total), last(total)];
    let (address, heard) = platform(pages(2)).await;
    let read_whole = read(&address, &keys).await.unwrap();
    assert_eq!((read_whole.rows.len(), read_whole.snapshots.len(), asked(&heard).len()), (2, 2, 3));
    let (address, heard) = platform(pages(3)).await;
    let error = read(&address, &keys).await.unwrap_err();
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert_eq!(asked(&heard).len(), 3);
}
