//! What `cargo metadata` says, reduced to what the checks need.

use std::collections::BTreeMap;

use serde_json::Value;

/// The workspace's own packages, and the resolved graph of everything they depend on.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub(super) members: Vec<Member>,
    /// Every package of the graph by cargo's identifier.
    pub(super) packages: BTreeMap<String, Package>,
}

/// A package of the workspace.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
    /// Its folder, from the root; with `/` between the parts.
    pub(super) folder: String,
    pub(super) description: Option<String>,
    /// Others can depend on it: it has a library and is published.
    pub(super) is_library: bool,
    /// The members it depends on, in any way.
    pub(super) siblings: Vec<Sibling>,
}

#[derive(Debug)]
pub(super) struct Sibling {
    pub(super) name: String,
    /// `normal`, `dev` or `build`.
    pub(super) kind: String,
}

/// A node of the graph.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// The identifiers of its normal dependencies.
    pub(super) normal: Vec<String>,
}

/// Reads the output of `cargo metadata --format-version 1`.
pub(super) fn parse(json: &str) -> Result<Workspace, String> {
    let value: Value = serde_json::from_str(json)
        .map_err(|error| format!("what `cargo metadata` printed is no JSON: {error}"))?;
    read(&value).ok_or_else(|| "what `cargo metadata` printed has another form".to_owned())
}

fn read(value: &Value) -> Option<Workspace> {
    let root = value["workspace_root"].as_str()?;
    let ids: Vec<_> = value["workspace_members"].as_array()?.iter().map(Value::as_str).collect();
    let packages = value["packages"].as_array()?;
    let is_member = |package: &&Value| ids.contains(&package["id"].as_str());
    let names: Vec<_> =
        packages.iter().filter(is_member).map(|package| package["name"].as_str()).collect();
    let members = packages.iter().filter(is_member).map(|package| member(package, root, &names));
    let members = members.collect::<Option<_>>()?;
    let mut graph = BTreeMap::new();
    for package in packages {
        let node = Package {
            name: text(package, "name")?,
            version: text(package, "version")?,
            normal: Vec::new(),
        };
        graph.insert(text(package, "id")?, node);
    }
    for node in value["resolve"]["nodes"].as_array()? {
        let normal = node["deps"].as_array()?.iter().filter(|dep| is_normal(dep));
        let normal = normal.map(|dep| text(dep, "pkg")).collect::<Option<_>>()?;
        graph.get_mut(node["id"].as_str()?)?.normal = normal;
    }
    Some(Workspace { members, packages: graph })
}

fn member(package: &Value, root: &str, names: &[Option<&str>]) -> Option<Member> {
    let manifest = package["manifest_path"].as_str()?;
    let folder = manifest.strip_prefix(root)?.strip_suffix("Cargo.toml")?;
    let folder = folder.replace('\\', "/").trim_matches('/').to_owned();
    let mut targets = package["targets"].as_array()?.iter();
    let has_library = targets.any(|target| target["kind"] == serde_json::json!(["lib"]));
    let is_published =
        package["publish"].as_array().is_none_or(|registries| !registries.is_empty());
    let mut siblings = Vec::new();
    for dependency in package["dependencies"].as_array()? {
        if names.contains(&dependency["name"].as_str()) {
            let kind = dependency["kind"].as_str().unwrap_or("normal").to_owned();
            siblings.push(Sibling { name: text(dependency, "name")?, kind });
        }
    }
    Some(Member {
        id: text(package, "id")?,
        name: text(package, "name")?,
        folder,
        description: text(package, "description"),
        is_library: has_library && is_published,
        siblings,
    })
}

fn is_normal(dependency: &Value) -> bool {
    let kinds = dependency["dep_kinds"].as_array();
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_graph_is_read() {
        let json = r#"{
            "workspace_root": "/w", "workspace_members": ["a#1", "b#1"],
            "packages": [
                {"id": "a#1", "name": "a", "version": "1.0.0", "description": null,
                 "manifest_path": "/w/crates/a/Cargo.toml", "publish": null,
                 "targets": [{"kind": ["lib"]}], "dependencies": []},
                {"id": "b#1", "name": "b", "version": "1.0.0", "description": "B.",
                 "manifest_path": "/w/b/Cargo.toml", "publish": [],
                 "targets": [{"kind": ["bin"]}, {"kind": ["lib"]}],
                 "dependencies": [{"name": "a", "kind": "dev"}, {"name": "x", "kind": null}]},
                {"id": "x#2", "name": "x", "version": "2.0.0"}
            ],
            "resolve": {"nodes": [
                {"id": "b#1", "deps": [
                    {"pkg": "a#1", "dep_kinds": [{"kind": "dev"}]},
                    {"pkg": "x#2", "dep_kinds": [{"kind": "build"}, {"kind": null}]}]}
            ]}
        }"#;
        let workspace = parse(json).unwrap();
        let [a, b] = &workspace.members[..] else { panic!("{workspace:?}") };
        assert_eq!((a.folder.as_str(), a.is_library, &a.description), ("crates/a", true, &None));
        assert_eq!((b.folder.as_str(), b.is_library), ("b", false));
        assert_eq!(b.siblings.len(), 1);
        assert_eq!((b.siblings[0].name.as_str(), b.siblings[0].kind.as_str()), ("a", "dev"));
        assert_eq!(workspace.packages["b#1"].normal, ["x#2"]);
    }

    #[test]
    fn what_is_no_metadata_is_an_error() {
        assert!(parse("not json").unwrap_err().contains("no JSON"));
        assert!(parse("{}").unwrap_err().contains("another form"));
    }
}
