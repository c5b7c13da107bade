//! How the programs are linked.

use std::env::var;

/// At fixed addresses where we know the linker: half a million addresses that the loader sets at each start,
/// of the program and of the process for each workbook, take longer than reading a small file. The heap, the
/// stack and the libraries of the system still lie at random.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |what: &str, value: &str| var(format!("CARGO_CFG_TARGET_{what}")).is_ok_and(|is| is == value);
    if is("OS", "linux") && is("ENV", "gnu") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
