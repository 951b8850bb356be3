//! Amounts of money: an integer count of minor units together with its currency.
//!
//! Invariant: a [`Money`] is between zero and [`MAX_MINOR`] and its arithmetic never wraps.
//! Deliberately absent: floats, conversion between currencies, rounding.

use std::fmt;

use thiserror::Error;

/// The largest amount in minor units: WooshPay's `amount` has at most eight digits (wire contract, section 3).
pub const MAX_MINOR: u64 = 99_999_999;

macro_rules! currencies {
    ($($variant:ident $code:literal $exponent:literal),+ $(,)?) => {
        /// A currency the terminal can sell in, with its ISO 4217 exponent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each variant is its ISO 4217 code")]
        pub enum Currency { $($variant),+ }

        impl Currency {
            /// Every currency of the table.
            pub const ALL: &'static [Currency] = &[$(Currency::$variant),+];

            /// The ISO 4217 code in upper case.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Currency::$variant => $code),+ }
            }

            /// How many decimals the currency has (ISO 4217).
            #[must_use]
            pub fn exponent(self) -> u32 {
                match self { $(Currency::$variant => $exponent),+ }
            }
        }
    };
}

// Source: ISO 4217 list one, as amended to 2024.
currencies! {
    Cny "CNY" 2, Hkd "HKD" 2, Usd "USD" 2, Eur "EUR" 2, Gbp "GBP" 2, Jpy "JPY" 0, Krw "KRW" 0, Sgd "SGD" 2,
    Myr "MYR" 2, Thb "THB" 2, Idr "IDR" 2, Php "PHP" 2, Twd "TWD" 2, Mop "MOP" 2, Aud "AUD" 2, Nzd "NZD" 2,
    Cad "CAD" 2, Chf "CHF" 2, Vnd "VND" 0, Kwd "KWD" 3,
}

impl Currency {
    /// Finds a currency by its code in any case.
    #[must_use]
    pub fn parse(code: &str) -> Option<Currency> {
        Currency::ALL.iter().copied().find(|currency| currency.code().eq_ignore_ascii_case(code))
    }

    /// Minor units in one major unit.
    #[must_use]
    pub fn minor_per_major(self) -> u64 {
        10_u64.pow(self.exponent())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a typed amount is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing was typed, or it was zero.
    #[error("the amount is zero")]
    Zero,
    /// A sign, a separator, a letter, or two points.
    #[error("an amount is digits with at most one point")]
    NotANumber,
    /// More decimals than the currency has.
    #[error("{currency} has {} decimals", currency.exponent())]
    TooManyDecimals {
        /// The terminal's currency.
        currency: Currency,
    },
    /// More than [`MAX_MINOR`].
    #[error("the amount is above what the gateway takes")]
    TooLarge,
}

/// An amount of money in minor units, at most [`MAX_MINOR`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

impl Money {
    /// Makes an amount from minor units (fen, cents; whole yen).
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] above [`MAX_MINOR`].
    pub fn from_minor(minor: u64, currency: Currency) -> Result<Money, AmountError> {
        if minor > MAX_MINOR {
            return Err(AmountError::TooLarge);
        }
        Ok(Money { minor, currency })
    }

    /// Nothing, in this currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Reads a decimal string such as `88`, `88.5` or `88.00`.
    ///
    /// # Errors
    /// Any [`AmountError`]; zero is an error because nobody sells for nothing.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, AmountError> {
        let (major, decimals) = match text.split_once('.') {
            Some((major, decimals)) if !decimals.is_empty() => (major, decimals),
            Some(_) => return Err(AmountError::NotANumber),
            None => (text, ""),
        };
        if major.is_empty() || !major.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(AmountError::NotANumber);
        }
        let exponent = usize::try_from(currency.exponent()).unwrap_or(0);
        if decimals.len() > exponent {
            return Err(AmountError::TooManyDecimals { currency });
        }
        let zeros = "0".repeat(exponent - decimals.len());
        let digits = [major, decimals, &zeros].concat();
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Err(AmountError::Zero);
        }
        if significant.len() > 8 {
            return Err(AmountError::TooLarge);
        }
        let minor = significant.parse().map_err(|_| AmountError::NotANumber)?;
        Money::from_minor(minor, currency)
    }

    /// Minor units.
    #[must_use]
    pub fn minor(self) -> u64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, or `None` when the currencies differ or it grows above [`MAX_MINOR`].
    #[must_use]
    pub fn checked_add(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Money::from_minor(self.minor.checked_add(other.minor)?, self.currency).ok()
    }

    /// The difference, or `None` when the currencies differ or it would be negative.
    #[must_use]
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Money { minor: self.minor.checked_sub(other.minor)?, currency: self.currency })
    }

    /// The amount without its currency, with all its decimals: `88.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        decimal(self.minor, self.currency)
    }
}

/// Minor units as a decimal string with all the currency's decimals; for sums, which may exceed [`MAX_MINOR`].
#[must_use]
pub fn decimal(minor: u64, currency: Currency) -> String {
    let mut text = minor.to_string();
    let decimals = usize::try_from(currency.exponent()).unwrap_or(0);
    if decimals > 0 {
        let missing = (decimals + 1).saturating_sub(text.len());
        text.insert_str(0, &"0".repeat(missing));
        text.insert(text.len() - decimals, '.');
    }
    text
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_with_the_currencys_own_decimals() {
        let minor = |text, currency| Money::parse(text, currency).map(Money::minor);
        assert_eq!(minor("88.00", Currency::Cny), Ok(8800));
        assert_eq!(minor("88.5", Currency::Hkd), Ok(8850));
        assert_eq!(minor("0.01", Currency::Usd), Ok(1));
        assert_eq!(minor("1000", Currency::Jpy), Ok(1000));
        assert_eq!(minor("1000", Currency::Krw), Ok(1000));
        assert_eq!(minor("999999.99", Currency::Cny), Ok(MAX_MINOR));
        assert_eq!(minor("0001.5", Currency::Kwd), Ok(1500));
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_its_reason() {
        let refusal = |text, currency| Money::parse(text, currency).unwrap_err();
        for text in ["", ".", "1.", ".5", "-1", "+1", "1,000", "1e3", "１", "1.2.3", " 1"] {
            assert_eq!(refusal(text, Currency::Cny), AmountError::NotANumber, "{text:?}");
        }
        assert_eq!(refusal("1.5", Currency::Jpy), AmountError::TooManyDecimals { currency: Currency::Jpy });
        assert_eq!(refusal("1.005", Currency::Cny), AmountError::TooManyDecimals { currency: Currency::Cny });
        assert_eq!(refusal("0.00", Currency::Cny), AmountError::Zero);
        assert_eq!(refusal("1000000.00", Currency::Cny), AmountError::TooLarge);
        assert_eq!(refusal("99999999999999999999", Currency::Cny), AmountError::TooLarge);
    }

    #[test]
    fn money_is_written_with_all_its_decimals() {
        let written = |minor, currency| Money::from_minor(minor, currency).unwrap().to_string();
        assert_eq!(written(8800, Currency::Cny), "CNY 88.00");
        assert_eq!(written(5, Currency::Gbp), "GBP 0.05");
        assert_eq!(written(88, Currency::Jpy), "JPY 88");
        assert_eq!(written(1005, Currency::Kwd), "KWD 1.005");
    }

    #[test]
    fn amounts_of_two_currencies_are_never_added() {
        let one = Money::from_minor(1, Currency::Cny).unwrap();
        let other = Money::from_minor(1, Currency::Hkd).unwrap();
        assert_eq!(one.checked_add(other), None);
        assert_eq!(one.checked_sub(other), None);
        assert_eq!(one.checked_sub(one), Some(Money::zero(Currency::Cny)));
        assert_eq!(Money::from_minor(MAX_MINOR, Currency::Cny).unwrap().checked_add(one), None);
    }
}
