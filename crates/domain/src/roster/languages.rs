//! Languages a person may name: primary subtags of the IANA language subtag registry (BCP 47,
//! RFC 5646), namely all two-letter ones of ISO 639-1, and of the three-letter ones those with many
//! speakers without a two-letter code and the sign languages in wide use.

const TWO_LETTERS: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";
const THREE_LETTERS: &str = "ase asf asq ast awa bar bfi bho ceb chr ckb cmn csl dsb dse dsl fil fse fsl fur gsg gsw haw hmn hne hsb ils ins ise isr jsl kab kmr kok kvk lad lus mag mai mni mwr nan nds nsl pcm psr quc rsl sat scn sgg skr ssp ssr swl syl tsm vec vgt war wuu yue zgh zsm";

/// The primary subtag of a language tag, lower case (`pt-BR` gives `pt`), if it is one of ours.
pub(crate) fn primary_subtag(tag: &str) -> Option<String> {
    let mut subtags = tag.split(['-', '_']);
    let primary = subtags.next()?.to_ascii_lowercase();
    let rest_is_well_formed =
        subtags.all(|s| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric()));
    let list = match primary.len() {
        2 => TWO_LETTERS,
        3 => THREE_LETTERS,
        _ => return None,
    };
    (rest_is_well_formed && list.split(' ').any(|known| known == primary)).then_some(primary)
}

#[cfg(test)]
mod tests {
    use super::primary_subtag;

    #[test]
    fn a_tag_is_reduced_to_its_primary_subtag() {
        assert_eq!(primary_subtag("pt-BR").as_deref(), Some("pt"));
        assert_eq!(primary_subtag("EN").as_deref(), Some("en"));
        assert_eq!(primary_subtag("yue").as_deref(), Some("yue"));
    }

    #[test]
    fn a_word_that_is_no_language_is_not_taken() {
        for bad in ["xx", "english", "e", "", "de-", "zzz", "a a"] {
            assert_eq!(primary_subtag(bad), None, "{bad}");
        }
    }
}
