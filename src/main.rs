//! Opens the shop.
fn main() {}
