//! Where unpredictable bytes come from: ids, tokens, codes, salts, nonces. The draw itself never
//! uses this; it has keyed streams that can be recomputed.

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Convenience over any source.
impl dyn Entropy {
    /// `N` fresh bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        use rand::TryRng;
        rand::rngs::SysRng.try_fill_bytes(buffer).expect("the operating system gives random bytes");
    }
}
