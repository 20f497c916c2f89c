# SPDX-License-Identifier: GPL-2.0-only
"""Configure and build. ./waf calls this with the real waf, and knows the other commands itself."""

import os
import sys
import sysconfig

from waflib import Build, Configure, Context, Errors, Logs, Utils  # type: ignore[import]

TOOLS = os.path.join(sys.path[0], "waf-tools")
sys.path.insert(0, TOOLS)

import compiling  # noqa: E402
import find_ns3  # noqa: E402
import generate  # noqa: E402
import layers  # noqa: E402

top = "."
out = "build"
APPNAME = "smkex"
VERSION = ""

PYTHON = "/usr/bin/python3"
WARNINGS = ["-Wall", "-Wextra"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
# Variant -> compiler flags. The first one is built into build/, each other one into build/NAME.
VARIANTS = {
    "": ["-O3"],
    "debug": ["-O0", "-g", "-DNS3_LOG_ENABLE", "-DNS3_ASSERT_ENABLE"],
    "sanitize": ["-O1", "-g", *SANITIZERS],
}

# The part of analysis/ that runs simulations, which the Python package brings along: it needs no other package.
SWEEP_MODULES = (
    "__init__ dask_cluster errors executors local opening plot_spec progress provenance records scenario shard "
    "simulator slurm_cluster store sweep toml_lines worker"
).split()

# A changed wscript configures again by itself, with the options given last.
Configure.autoconfig = "clobber"


def options(opt):
    compiling.be_quiet()
    opt.load("compiler_cxx")
    opt.add_option("--ns3", default="", help="an ns-3 installed elsewhere, or its build tree")
    opt.add_option("--debug", action="store_true", help="build/debug from now on")
    opt.add_option("--sanitize", action="store_true", help="build/sanitize from now on")
    opt.add_option("--werror", action="store_true", help="fail when the compiler warns")
    opt.add_option("--goal", default="all", help="all, programs, tests, fuzz or bench")


def configure(conf):
    if Context.HEXVERSION < 0x2000F00:
        conf.fatal(f"waf {Context.WAFVERSION} is too old: 2.0.15 or later is needed")
    for name in sorted(os.listdir(TOOLS)):
        if name.endswith(".py"):
            path = os.path.join(TOOLS, name)
            conf.hash = Utils.h_list((conf.hash, Utils.readf(path, "rb")))
            conf.files.append(path)

    conf.msg("Python", f"{PYTHON} ({'.'.join(map(str, sys.version_info[:3]))})")
    conf.load("compiler_cxx")
    if "ccache" not in os.path.basename(conf.env.CXX[0]):
        ccache = conf.find_program("ccache", mandatory=False, var="CCACHE")
        conf.env.CXX = (ccache or []) + conf.env.CXX

    try:
        ns3 = find_ns3.find_ns3(conf.options.ns3)
    except find_ns3.NotFound as reason:
        Logs.error("./waf: %s", reason)
        sys.exit(2 if conf.options.ns3 else 1)
    conf.msg("ns-3", f"{ns3.version}, {conf.options.ns3 or 'of the system'}")
    conf.env.NS3_VERSION = ns3.version
    conf.env.LIBPATH_NS3 = ns3.library_dirs
    conf.env.LIB_NS3 = ns3.libraries
    conf.env.LINKFLAGS_NS3 = ns3.link_flags
    if conf.options.ns3:
        conf.env.RPATH_NS3 = ns3.library_dirs
        conf.env.CXXFLAGS_NS3 = [word for path in ns3.include_dirs for word in ("-isystem", path)]
    conf.check_cfg(
        package="libcrypto++", args="--cflags --libs", uselib_store="CRYPTO", define_name="", msg="Crypto++"
    )

    if os.path.isdir("bindings"):
        conf.check_cfg(
            package="pybind11 python3", args="--cflags", uselib_store="PYBIND", define_name="", msg="pybind11"
        )
        conf.env.PYTHON_SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")

    for package in ("zlib", "libxml-2.0"):
        conf.check_cfg(package=package, args="--cflags --libs", uselib_store="INTERNET", define_name="", msg=package)
    conf.check_cxx(lib="bz2", header_name="bzlib.h", uselib_store="INTERNET", define_name="", msg="bzip2")

    conf.env.WERROR = bool(conf.options.werror or os.environ.get("CI") == "true")
    conf.env.append_value("CXXFLAGS", ["-std=c++17", "-fPIC", *WARNINGS])
    conf.env.append_value("LINKFLAGS", ["-Wl,--as-needed", "-pthread"])
    common = conf.env
    for variant, flags in VARIANTS.items():
        conf.setenv(variant, common.derive())
        conf.env.append_value("CXXFLAGS", flags)
        if variant == "sanitize":
            conf.env.append_value("LINKFLAGS", SANITIZERS)
    chosen = "sanitize" if conf.options.sanitize else "debug" if conf.options.debug else ""
    conf.msg("Variant", chosen or "optimized")
    conf.setenv("")
    # ./waf reads these.
    conf.bldnode.make_node("variant").write(chosen + "\n")
    conf.bldnode.make_node("ns3-elsewhere").write(conf.options.ns3)


class _Build(Build.BuildContext):
    """A build that reports progress our way."""

    cmd = "build"
    variant = ""

    def execute_build(self):
        self.progress = compiling.Progress()
        self.cwd = self.srcnode
        try:
            super().execute_build()
        finally:
            self.progress.close()


class BuildDebug(_Build):
    """compiles into build/debug"""

    cmd = "build_debug"
    variant = "debug"


class BuildSanitize(_Build):
    """compiles into build/sanitize"""

    cmd = "build_sanitize"
    variant = "sanitize"


def build(bld):
    """compiles into build/"""
    _link_headers(bld)
    _generate_sources(bld)
    objects = _compile_layers(bld, "", [])
    bld(features="cxx cxxshlib", target="smkex", use=[*objects, "CRYPTO", "INTERNET", "NS3"], install_path=None)
    _programs(bld, objects)
    _tests(bld, objects)
    _python_package(bld, objects)
    _choose(bld, bld.options.goal)
    bld.add_post_fun(_judge_warnings)


def _sources(bld, pattern, **kw):
    return bld.path.ant_glob(pattern, excl=kw.get("excl", []), quiet=True)


def _link_headers(bld):
    """include/LAYER/ns3/HEADER for each layer, and include/ns3/HEADER of them all, as after an installation."""
    include = bld.bldnode.make_node("include")
    seen = {}
    wanted = {}
    for layer in layers.LAYERS:
        for header in _sources(bld, layers.folder(layer) + "/**/*.h"):
            if header.name in seen:
                bld.fatal(f"two headers have the same name: {seen[header.name].srcpath()}, {header.srcpath()}")
            seen[header.name] = header
            for place in (f"{layer}/ns3", "ns3"):
                wanted[os.path.join(include.abspath(), place, header.name)] = header.abspath()
    for folder, _, names in os.walk(include.abspath()):
        for name in names:
            path = os.path.join(folder, name)
            if wanted.get(path) != os.readlink(path):
                os.remove(path)
    for layer in layers.LAYERS:
        os.makedirs(os.path.join(include.abspath(), layer, "ns3"), exist_ok=True)
    os.makedirs(os.path.join(include.abspath(), "ns3"), exist_ok=True)
    for path, header in wanted.items():
        if not os.path.lexists(path):
            os.symlink(header, path)
        # waf's scanner finds only those files of the build folder that it has been told of.
        bld.root.make_node(path)
    _forget_lost_headers(bld)


def _forget_lost_headers(bld):
    """Has what included a header that is gone (moved to another layer, say) scanned anew: waf cannot cope with it."""
    remembered = {node for nodes in bld.node_deps.values() for node in nodes}
    lost = {node for node in remembered if not os.path.exists(node.abspath())}
    for task in [task for task, nodes in bld.node_deps.items() if lost.intersection(nodes)]:
        for memory in (bld.node_deps, bld.raw_deps, bld.imp_sigs):
            memory.pop(task, None)
    for node in lost:
        node.parent.children.pop(node.name, None)


def _includes(bld, names):
    return [bld.bldnode.make_node("include/" + name) for name in names if name != layers.NS3]


def _generate_sources(bld):
    version = generate.software_version(bld.top_dir)
    bld.env.SOFTWARE_VERSION = version

    def write_version(task):
        task.outputs[0].write(generate.version_source(task.env.SOFTWARE_VERSION, task.env.NS3_VERSION))

    def write_profiles(task):
        try:
            text = generate.profiles_source([node.abspath() for node in task.inputs])
        except (OSError, ValueError) as reason:
            Logs.error("%s", reason)
            return 1
        task.outputs[0].write(text)
        return 0

    bld(
        name="version",
        rule=write_version,
        target="smkex-version.cc",
        vars=["SOFTWARE_VERSION", "NS3_VERSION"],
    )
    bld(
        name="profiles",
        rule=write_profiles,
        source=_sources(bld, "model/engine/profiles/*.cost"),
        target="embedded-cost-profiles.cc",
    )


def _compile_layers(bld, suffix, defines):
    """Objects of each layer; returns the names of those that exist."""
    names = []
    for layer in layers.LAYERS:
        sources = _sources(bld, layers.folder(layer) + "/**/*.cc")
        if layer == "engine":
            sources += [bld.bldnode.make_node(n) for n in ("smkex-version.cc", "embedded-cost-profiles.cc")]
        if not sources:
            continue
        names.append(layer + suffix)
        bld.objects(
            target=layer + suffix,
            layer=layer,
            source=sources,
            includes=_includes(bld, layers.reachable(layer)),
            defines=defines,
            use=["CRYPTO", "INTERNET"] if layers.is_pure(layer) else ["CRYPTO", "INTERNET", "NS3"],
        )
    return names


def _program(bld, target, sources, objects, **kw):
    bld.program(
        target=target,
        source=sources,
        includes=_includes(bld, layers.LAYERS),
        use=[*objects, "CRYPTO", "INTERNET", "NS3"],
        install_path=None,
        **kw,
    )


def _programs(bld, objects):
    """programs/NAME.cc and what is in programs/NAME/ become NAME; each example a program of its own."""
    pure = [name for name in objects if name in ("engine", "internet")]
    for source in _sources(bld, "programs/*.cc"):
        name = source.name[: -len(".cc")]
        goal = "bench" if name == "smkex-bench" else "programs"
        parts = [source, *_sources(bld, f"programs/{name}/**/*.cc")]
        _program(bld, name, parts, pure if name == "smkex-internet" else objects, goals=[goal])
    for source in _sources(bld, "examples/**/*.cc"):
        _program(bld, "examples/" + source.name[: -len(".cc")], [source], objects, goals=["tests"])


def _tests(bld, objects):
    main = _sources(bld, "test/main.cc")
    apart = ["test/main.cc", "test/defects/**", "test/fuzz/**", "test/bench/**"]
    tests = _sources(bld, "test/**/*.cc", excl=apart)
    if tests:
        _program(bld, "smkex-test", main + tests, objects, goals=["tests"])
    defect_tests = _sources(bld, "test/defects/**/*.cc")
    if defect_tests:
        planted = ["SMKEX_PLANT_DEFECTS"]
        broken = _compile_layers(bld, "-with-defects", planted)
        _program(bld, "smkex-test-defects", main + defect_tests, broken, defines=planted, goals=["tests"])
    fuzz = _sources(bld, "test/fuzz/**/*.cc")
    if fuzz:
        bld.program(
            target="smkex-fuzz",
            source=fuzz,
            includes=_includes(bld, ["engine", "adversary"]),
            use=["engine", "adversary", "CRYPTO", "NS3"],
            install_path=None,
            goals=["fuzz"],
        )


def _python_package(bld, objects):
    """build/python: the package: what is compiled, what is written in Python, the scenarios; pip installs it."""
    if not bld.env.PYTHON_SUFFIX:
        return
    module = bld(
        features="cxx cxxshlib",
        target="python/smkex/_core",
        source=_sources(bld, "bindings/smkex/*.cc"),
        includes=_includes(bld, layers.LAYERS),
        use=[*objects, "CRYPTO", "INTERNET", "NS3", "PYBIND"],
        install_path=None,
        goals=["programs"],
    )
    module.env.cxxshlib_PATTERN = "%s" + bld.env.PYTHON_SUFFIX
    copies = {"python/smkex/smkex-sim": bld.path.find_or_declare("smkex-sim")}
    for source in _sources(bld, "bindings/smkex/*py*", excl=["**/*.pyc"]):
        copies["python/smkex/" + source.name] = source
    for source in _sources(bld, "bindings/setup.*"):
        copies["python/" + source.name] = source
    sweeps = [f"analysis/{name}.py" for name in SWEEP_MODULES]
    for source in _sources(bld, ["scenarios/*.toml", *sweeps]):
        copies["python/smkex/_" + source.srcpath()] = source
    for target, source in copies.items():
        chmod = 0o755 if target.endswith("smkex-sim") else 0o644
        bld(features="subst", is_copy=True, source=source, target=target, chmod=chmod, goals=["programs"])


def _choose(bld, goal):
    """Restricts the build to the programs of a goal; tests need the ordinary programs too, for they run them."""
    wanted = {"programs": ["programs"], "tests": ["programs", "tests"], "fuzz": ["fuzz"], "bench": ["programs", "bench"]}
    if goal == "all":
        return
    if goal not in wanted:
        bld.fatal(f"--goal={goal}: it is one of all, {', '.join(wanted)}")
    chosen = [
        generator.target
        for group in bld.groups
        for generator in group
        if set(getattr(generator, "goals", [])) & set(wanted[goal])
    ]
    bld.targets = ",".join(["version", "profiles", *chosen])


def _judge_warnings(bld):
    texts = compiling.remembered_warnings(bld)
    if not texts or not (bld.env.WERROR or bld.options.werror):
        return
    bld.progress.close()
    Logs.error("The compiler warned:\n%s", "\n".join(text.rstrip() for text in texts))
    raise Errors.WafError("Warnings count as errors here.")
