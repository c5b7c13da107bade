//! Platforms on a real socket, through the built program.

use crate::bad_day::{Day, SETTINGS, good_day};
use crate::returned::{give_back, state};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A platform that answers every request with what `answer` makes of its rank, from 0; gives its address, and
/// the requests as they come.
fn platform(answer: impl Fn(usize) -> String + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    std::thread::spawn(move || {
        for (rank, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            log.lock().unwrap().push(String::from_utf8_lossy(&request[..read]).into_owned());
            stream.write_all(answer(rank).as_bytes()).unwrap();
        }
    });
    (address, heard)
}

fn response(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Records of invented companies, the seventh with the given quantity, behind others of the given names.
fn records(before: &[&str], quantity: &str) -> String {
    let record = |name: &str, quantity: &str| {
        format!(
            "{{\"Entreprise\":\"{name}\",\"Sens\":\"offre\",\"Description\":\"palettes de bois\",\
             \"Quantité\":\"{quantity}\",\"Unité\":\"t\"}}"
        )
    };
    let others = before.iter().map(|name| record(name, "100"));
    let usual = (1..=10_u32).map(|row| {
        let number = (100 + row).to_string();
        record(&format!("Canari {row} inc."), if row == 7 { quantity } else { number.as_str() })
    });
    let records: Vec<String> = others.chain(usual).collect();
    response("200 OK\r\nContent-Type: application/json", &format!("[{}]", records.join(",")))
}

fn reads(day: &Day, http: &str) {
    day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", http));
}

#[test]
fn a_quarantine_workbook_of_a_platform_is_given_back_in_its_folder() {
    // On the third night the wrong record has moved, and on the fifth it is right where it comes from.
    let (address, heard) = platform(|rank| match rank {
        0 | 1 => records(&[], "illisible"),
        2 | 3 => records(&["Canari 99 inc."], "illisible"),
        _ => records(&["Canari 99 inc."], "107"),
    });
    let day = Day::new();
    reads(&day, &format!("http = {{ url = \"{address}/flux\", retries = 0 }}"));
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    assert_eq!(give_back(&day, "quarantaine.xlsx", "illisible", "107"), 1);
    // Beside the inputs it is not looked for: only in the folder for it.
    assert_eq!(state(&day, "quantite_illisible"), (1, 1));
    fs::create_dir(day.path("jours/inputs/retours")).unwrap();
    let place = day.path("jours/inputs/retours/Copie de quarantaine (1).xlsx");
    fs::rename(day.path("jours/inputs/quarantaine.xlsx"), &place).unwrap();
    assert_eq!(state(&day, "quantite_illisible"), (0, 0));
    assert_eq!(state(&day, "quarantaine_rendue"), (0, 1));
    fs::remove_file(place).unwrap();
    assert_eq!(state(&day, "quarantaine_rendue"), (0, 0));
    assert_eq!(heard.lock().unwrap().len(), 5);
}

#[test]
fn a_refusal_that_repeats_the_password_does_not_reach_the_output() {
    let day = good_day();
    let title = "{\"title\":\"Mot de passe refusé : S3cr3t+Kz/9=Zq~w\"}";
    let (address, heard) =
        platform(move |_| response("403 Forbidden\r\nContent-Type: application/problem+json", title));
    reads(
        &day,
        &format!(
            "http = {{ url = \"{address}/flux\", retries = 0, \
             authentication = {{ kind = \"basic\", user = \"moi\", password_env = \"MOT\" }} }}"
        ),
    );
    let mut command = day.command(&["run", "jours", "--as-of", "2026-01-15"]);
    let output = command.env("MOT", "S3cr3t+Kz/9=Zq~w").output().unwrap();
    let (errors, told) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    let said = format!("{errors}{told}");
    assert_eq!(output.status.code(), Some(69), "{said}");
    assert!(said.contains("it answers 403") && !said.contains("S3cr3t"), "{said}");
    let sent = heard.lock().unwrap()[0].to_lowercase();
    assert!(sent.contains("authorization: basic bw9polmzy3iz"), "{sent}");
}

/// A platform that answers a request once so many have come in all; gives its address, and what happens in its order.
fn patient(together: usize) -> (String, Arc<Mutex<Vec<&'static str>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (events, came) = (Arc::new(Mutex::new(Vec::new())), Arc::new((Mutex::new(0_usize), Condvar::new())));
    let log = Arc::clone(&events);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, events, came) = (stream.unwrap(), Arc::clone(&log), Arc::clone(&came));
            std::thread::spawn(move || {
                let read = stream.read(&mut [0; 4096]).unwrap();
                assert!(read > 0, "nothing was asked");
                events.lock().unwrap().push("asked");
                let (count, change) = &*came;
                let mut count = count.lock().unwrap();
                *count += 1;
                change.notify_all();
                // Whoever asks for one after the other is answered in the end, and the order shows it.
                let wait = Duration::from_secs(10);
                drop(change.wait_timeout_while(count, wait, |count| *count < together).unwrap());
                events.lock().unwrap().push("answered");
                stream.write_all(records(&[], "107").as_bytes()).unwrap();
            });
        }
    });
    (address, events)
}

#[test]
fn as_many_platforms_as_the_settings_say_are_asked_before_one_has_answered() {
    for at_once in [1, 2] {
        let (address, events) = patient(at_once);
        let day = Day::new();
        let http = |name: &str| format!("http = {{ url = \"{address}/{name}\", retries = 0 }}");
        let source = |name: &str| {
            let head = format!("[[sources]]\nname = \"{name}\"\nrecords = \"flows\"\n{}", http(name));
            format!("{head}\nmapping = \"mappings/flux.toml\"\n\n")
        };
        let settings = SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &http("visites"));
        let more = format!("{}{}[[parks]]", source("nord"), source("sud"));
        let settings = settings.replacen("[[parks]]", &more, 1);
        day.write("pipeline.toml", &format!("{settings}\n[limits]\nsources_at_once = {at_once}\n"));
        let output = day.run(&["--dry-run"]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 4)), "{at_once}: {message}");
        let events = events.lock().unwrap();
        let asked = events.iter().filter(|event| **event == "asked").count();
        let before_an_answer = events.iter().take_while(|event| **event == "asked").count();
        assert_eq!((asked, before_an_answer), (3, at_once), "{events:?}");
    }
}
