//! A manager's PIN for a word about money that the gateway cannot tell about. The PIN itself is with the other one.

use quickpay_core::id::SaleId;
use quickpay_core::page::PageAct;

/// What a manager is asked to stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalLeaf {
    /// Of which sale.
    pub sale: SaleId,
    /// The word, as its key on the detail.
    pub word: PageAct,
    /// The chosen key.
    pub cursor: Option<usize>,
}
