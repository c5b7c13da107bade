//! Names of files, archives and Parquet are looked into.

use super::tests::canaries;

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
