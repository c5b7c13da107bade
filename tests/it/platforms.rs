//! Platforms on a real socket, through the built program.

use crate::bad_day::{Day, SETTINGS, good_day};
use crate::returned::{give_back, state};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

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
