//! What guns read that is no payment: product barcodes, whose check digit tells if a single digit was lost or changed.

/// The n-th EAN-13, below a thousand million; no two are the same.
pub(crate) fn product(n: u64) -> String {
    // Spread over the digits, so that repeated and changing digits both occur.
    let twelve = format!("690{:09}", n * 7_654_321 % 1_000_000_007 % 1_000_000_000);
    let weighed: u32 = twelve
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit.saturating_sub(b'0')) * weight)
        .sum();
    format!("{twelve}{}", (10 - weighed % 10) % 10)
}
