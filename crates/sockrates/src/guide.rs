//! Guides: how to come here from elsewhere.

pub mod from_python {
    #![doc = include_str!("guide/from_python.md")]
    #[expect(unused_imports, reason = "the links of the page name them")]
    use crate::*;

    pub mod socket {
        #![doc = include_str!("guide/from_python/socket.md")]
        #[expect(unused_imports, reason = "the links of the page name them")]
        use crate::*;
    }

    pub mod constants {
        #![doc = include_str!("guide/from_python/constants.md")]
        #[expect(unused_imports, reason = "the links of the page name them")]
        use crate::*;
    }

    pub mod select {
        #![doc = include_str!("guide/from_python/select.md")]
        #[expect(unused_imports, reason = "the links of the page name them")]
        use crate::*;
    }

    pub mod selectors {
        #![doc = include_str!("guide/from_python/selectors.md")]
        #[expect(unused_imports, reason = "the links of the page name them")]
        use crate::*;
    }

    pub mod socketserver {
        #![doc = include_str!("guide/from_python/socketserver.md")]
        #[expect(unused_imports, reason = "the links of the page name them")]
        use crate::*;
    }
}
