//! What a typed text means for a list of sales.
//!
//! Invariant: a text finds the same sales however it is cased; it is compared with the part of an order id that
//! differs from sale to sale, or every sale of a till would fit its name.

use quickpay_core::id::{OrderId, SaleId};
use quickpay_core::sale::Sale;

/// Whether a sale fits: by its number, the beginning of its order id, or its amount.
#[must_use]
pub fn fits(sale: &Sale, typed: &str) -> bool {
    let typed = typed.to_ascii_uppercase();
    let by_order = |order: &str| {
        let order = order.to_ascii_uppercase();
        let last = order.rsplit('-').next().unwrap_or(&order);
        last.contains(&typed) || (typed.contains('-') && order.contains(&typed))
    };
    let attempts = sale.attempts.iter().map(|attempt| attempt.order.as_str());
    let refunds = sale.refunds.iter().map(|refund| refund.number.as_str());
    let amounts = sale.refunds.iter().map(|refund| refund.amount).chain([sale.amount]);
    attempts.chain(refunds).any(by_order)
        || amounts.into_iter().any(|money| money.decimal().starts_with(&typed))
}

/// The sale whose number the text is, whole: `42`, `S0042`, `S0042A` or an order id.
#[must_use]
pub fn number_of(typed: &str) -> Option<SaleId> {
    let last = typed.rsplit('-').next()?.to_ascii_uppercase();
    let digits = last.strip_prefix('S').unwrap_or(&last);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (number, attempt) = digits.split_at_checked(end)?;
    let whole = attempt.is_empty()
        || (last.starts_with('S')
            && attempt.len() <= 4
            && attempt.chars().all(|c| c.is_ascii_alphanumeric()));
    let sale = number.parse().ok().filter(|number| whole && *number > 0).map(SaleId)?;
    // An order id of our form names the same sale; another text with a dash is no number.
    let dashed = typed.contains('-');
    (!dashed || OrderId::is_form_of(&format!("{}{}", typed.get(..typed.len() - last.len())?, sale)))
        .then_some(sale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_much_of_it_is_typed() {
        for typed in ["42", "0042", "S0042", "s0042a", "S42", "T1-3LK2QZ-S0042A", "T1-3LK2QZ-S0042R1"] {
            assert_eq!(number_of(typed), Some(SaleId(42)), "{typed}");
        }
        for typed in ["", "0", "88.00", "S", "A7", "T1-", "X-42", "S0042-"] {
            assert_eq!(number_of(typed), None, "{typed}");
        }
    }
}
