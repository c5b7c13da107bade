//! The pilot's portal: every link leads somewhere, every number is that of the csv, and a real
//! Chromium finds neither an error nor anything wider than a telephone.

use maillage::model::Category;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The pilot's release, made once for all tests of this file.
fn release() -> &'static Path {
    static RELEASE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, release) = RELEASE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale");
        let output = Command::new(env!("CARGO_BIN_EXE_maillage"))
            .arg("run")
            .arg(pipeline)
            .args(["--as-of", "2026-11-15", "--state", "state", "--published", "published"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let release = fs::canonicalize(folder.path().join("published/current")).unwrap();
        (folder, release)
    });
    release
}

/// Every page by its path inside the release.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![release().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                let inside = path.strip_prefix(release()).unwrap().to_owned();
                pages.insert(inside, fs::read_to_string(&path).unwrap());
            }
        }
    }
    pages
}

/// The values of an attribute.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_link_leads_to_a_file_and_every_page_is_reached() {
    let pages = pages();
    let mut reached = BTreeSet::from([release().join("index.html")]);
    for (path, page) in &pages {
        let folder = release().join(path).parent().unwrap().to_owned();
        for link in attributes(page, "href").into_iter().chain(attributes(page, "src")) {
            if link.starts_with("https://") || link.starts_with("mailto:") {
                continue;
            }
            if let Some(anchor) = link.strip_prefix('#') {
                assert!(page.contains(&format!("id=\"{anchor}\"")), "{} {link}", path.display());
                continue;
            }
            let target = fs::canonicalize(folder.join(link));
            assert!(target.is_ok(), "{}: {link} leads nowhere", path.display());
            reached.insert(target.unwrap());
        }
        assert!(page.len() < 150_000, "{} weighs {} bytes", path.display(), page.len());
        assert!(!page.contains("<script") && !page.contains(" style=\""), "{}", path.display());
        assert!(page.contains("default-src &#x27;none&#x27;") || page.contains("default-src 'none'"));
        assert!(page.contains("synthétiques") || page.contains("Synthetic"), "{}", path.display());
    }
    for path in pages.keys() {
        assert!(reached.contains(&release().join(path)), "nothing leads to {}", path.display());
    }
}

/// Plain text of the cells of every table row: heading, then values.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = |cell: &str| {
        let inner = &cell[cell.find('>').unwrap() + 1..];
        let mut plain = String::new();
        let mut inside = false;
        for character in inner.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside => plain.push(character),
                _ => {}
            }
        }
        plain.replace('\u{a0}', "")
    };
    page.split("<tr")
        .skip(1)
        .map(|row| {
            let row = row.split("</tr>").next().unwrap();
            let cells = row.split("<th").skip(1).flat_map(|head| {
                let (head, rest) = head.split_once("</th>").unwrap();
                std::iter::once(text(head))
                    .chain(rest.split("<td").skip(1).map(|cell| text(cell.split("</td>").next().unwrap())))
            });
            cells.collect()
        })
        .collect()
}

#[test]
fn the_numbers_of_the_park_pages_are_those_of_the_csv_and_the_withheld_ones_are_words() {
    let mut reader = csv::Reader::from_path(release().join("donnees/flux_par_parc.csv")).unwrap();
    let mut checked = [0, 0];
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        let row = record.unwrap();
        let Ok(category) = row["categorie"].parse::<Category>() else { continue };
        if row["parc"] == "Total" || row["parc"] == "inconnu" || row["sens"] == "Total" {
            continue;
        }
        let page = fs::read_to_string(release().join(format!("parcs/{}.html", row["parc"]))).unwrap();
        let shown = rows(&page);
        let Some(line) = shown.iter().find(|line| line.len() == 3 && line[0] == category.title_fr()) else {
            // A category with neither offers nor requests has no row.
            assert_eq!(row["nombre"], "0", "{row:?}");
            continue;
        };
        let cell = &line[if row["sens"] == "extrant" { 1 } else { 2 }];
        if row["statut_nombre"] == "publie" {
            assert_eq!(*cell, row["nombre"], "{row:?}");
            checked[0] += 1;
        } else {
            assert_eq!(cell, "confidentiel", "{row:?}");
            checked[1] += 1;
        }
    }
    assert!(checked[0] > 2 && checked[1] > 5, "{checked:?}");
}

#[test]
fn a_real_browser_finds_no_error_and_nothing_wider_than_a_telephone() {
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let Some(browser) = known.iter().find(|name| Command::new(name).arg("--version").output().is_ok()) else {
        eprintln!("SKIPPED: no Chromium on the path, so the portal was not opened in a browser");
        return;
    };
    let pages = pages();
    // One page of frames: each page at two widths, measured from outside, so that the pages stay as they are.
    let frames: String = pages
        .keys()
        .flat_map(|path| [320, 390].map(|width| (path, width)))
        .map(|(path, width)| {
            format!(
                "<iframe width=\"{width}\" height=\"700\" src=\"file://{}\"></iframe>",
                release().join(path).display()
            )
        })
        .collect();
    let script = "addEventListener('load',()=>{const o=[];for(const f of document.querySelectorAll('iframe')){\
        const d=f.contentDocument;if(!d||!d.querySelector('h1')){o.push('EMPTY '+f.src);continue;}\
        if(d.documentElement.scrollWidth>f.width)o.push('WIDE '+f.width+' '+d.documentElement.scrollWidth+' '+f.src);}\
        document.body.innerHTML='<p>MEASURED '+document.title+'</p>'+o.map(x=>'<p>'+x+'</p>').join('');});";
    let folder = tempfile::tempdir().unwrap();
    let harness = folder.path().join("harness.html");
    fs::write(
        &harness,
        format!("<!doctype html><title>{}</title><body>{frames}<script>{script}</script>", pages.len()),
    )
    .unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args([
            "--allow-file-access-from-files",
            "--enable-logging=stderr",
            "--virtual-time-budget=60000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", harness.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains(&format!("MEASURED {}", pages.len())), "the pages were not measured: {dom}");
    assert!(!dom.contains("WIDE") && !dom.contains("EMPTY"), "{dom}");
    let log = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.0722f64.mul_add(channel(5), 0.7152f64.mul_add(channel(3), 0.2126 * channel(1)))
    };
    let (light, dark) = (luminance(one).max(luminance(other)), luminance(one).min(luminance(other)));
    (light + 0.05) / (dark + 0.05)
}

#[test]
fn text_and_bars_stand_out_in_light_and_dark() {
    let style = fs::read_to_string(release().join("style.css")).unwrap();
    let palettes: Vec<BTreeMap<&str, &str>> = style
        .split(":root {")
        .skip(1)
        .take(2)
        .map(|block| {
            let block = block.split('}').next().unwrap();
            block.split("--").skip(1).filter_map(|line| line.split(';').next()?.split_once(": ")).collect()
        })
        .collect();
    assert_eq!(palettes.len(), 2);
    for palette in palettes {
        for text in ["ink", "soft", "link"] {
            for ground in ["paper", "panel"] {
                let found = contrast(palette[text], palette[ground]);
                assert!(found >= 4.5, "{text} on {ground}: {found:.2}");
            }
        }
        assert!(contrast(palette["notice-ink"], palette["notice"]) >= 4.5);
        for mark in ["out", "in", "grey"] {
            let found = contrast(palette[mark], palette["paper"]);
            assert!(found >= 3.0, "{mark}: {found:.2}");
        }
    }
}
