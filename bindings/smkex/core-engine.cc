/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "core-engine.h"

#include "ns3/smkex-cost-profiles.h"
#include "ns3/smkex-protocol.h"

#include <cmath>
#include <memory>
#include <string>

namespace py = pybind11;

namespace
{

/** The standard normal quantiles of a seeded stream, by Box and Muller. */
class SeededNormals : public smkex::NormalSource
{
  public:
    explicit SeededNormals(const smkex::Digest& seed)
        : m_source(seed)
    {
    }

    double Draw() override
    {
        constexpr double pi = 3.14159265358979323846;
        const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
        return radius * std::cos(2 * pi * Uniform());
    }

  private:
    /** In [0, 1). */
    double Uniform()
    {
        std::uint64_t bits = 0;
        m_source.Fill(reinterpret_cast<std::uint8_t*>(&bits), sizeof(bits));
        return static_cast<double>(bits >> 11) / static_cast<double>(1ULL << 53);
    }

    smkex::SeededRandomSource m_source;
};

smkex::Instant
ToInstant(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0)
    {
        throw py::value_error("an instant is a number of seconds, at least 0");
    }
    return smkex::Instant(std::llround(seconds * 1e9));
}

double
ToSeconds(smkex::Instant instant)
{
    return static_cast<double>(instant.count()) / 1e9;
}

py::bytes
ToPython(smkex::ByteView bytes)
{
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

smkex::Bytes
ToBytes(const py::bytes& bytes)
{
    const std::string text = bytes;
    return {text.begin(), text.end()};
}

/** An engine with its processor, its randomness and its costs. */
class Endpoint
{
  public:
    Endpoint(const std::string& protocolName,
             const std::string& role,
             int paths,
             const std::string& groupName,
             const std::string& seed,
             const std::string& costs)
    {
        const ns3::SmkexProtocol* protocol = ns3::FindSmkexProtocol(protocolName);
        const std::optional<smkex::Group> group = ns3::FindSmkexGroup(groupName);
        if (!protocol)
        {
            throw py::value_error("protocol '" + protocolName + "' is unknown");
        }
        if (role != "client" && role != "server")
        {
            throw py::value_error("role is '" + role + "', but has to be client or server");
        }
        if (paths < 1 || paths > smkex::MAX_PATHS)
        {
            throw py::value_error("paths has to be from 1 to " + std::to_string(smkex::MAX_PATHS));
        }
        if (!group)
        {
            throw py::value_error("group '" + groupName + "' is unknown");
        }
        std::string problem;
        m_costs = ns3::LoadSmkexCostProfile(costs, problem);
        if (!m_costs)
        {
            throw py::value_error("costs " + problem);
        }
        m_random = std::make_unique<smkex::SeededRandomSource>(
            smkex::Sha256({std::string("keys"), role, seed}));
        m_normals =
            std::make_unique<SeededNormals>(smkex::Sha256({std::string("costs"), role, seed}));
        m_processor = std::make_unique<smkex::Processor>(*m_costs, *m_normals, *m_random);
        const auto& make = role == "client" ? protocol->makeClient : protocol->makeServer;
        smkex::KeyExchangeConfig config;
        config.group = *group;
        config.paths = protocol->multipath ? static_cast<smkex::PathId>(paths) : smkex::SHARE_PATH;
        m_engine = make(*m_processor, config);
    }

    py::list OnStart(double now)
    {
        return ToPython(m_engine->OnStart(ToInstant(now)));
    }

    py::list OnPathUp(int path, double now)
    {
        return ToPython(m_engine->OnPathUp(ToPath(path), ToInstant(now)));
    }

    py::list OnBytes(int path, const py::bytes& data, double now)
    {
        return ToPython(m_engine->OnBytes(ToPath(path), ToBytes(data), ToInstant(now)));
    }

    py::list OnPathDown(int path, bool reset, double now)
    {
        return ToPython(m_engine->OnPathDown(ToPath(path),
                                             reset ? smkex::PathEnd::Reset : smkex::PathEnd::Closed,
                                             ToInstant(now)));
    }

    py::list OnTimeout(double now)
    {
        return ToPython(m_engine->OnTimeout(ToInstant(now)));
    }

    py::list Send(const py::bytes& data, double now)
    {
        return ToPython(m_engine->SendApplicationData(ToBytes(data), ToInstant(now)));
    }

    bool IsAccepted() const
    {
        return m_engine->IsAccepted();
    }

    py::object FailureReason() const
    {
        const std::optional<smkex::Failure> failure = m_engine->FailureReason();
        return failure ? py::object(py::str(smkex::NameOf(*failure))) : py::none();
    }

    py::object SessionKey() const
    {
        const auto& keys = m_engine->Keys();
        return keys ? py::object(::ToPython(keys->session)) : py::none();
    }

    double ComputedSeconds() const
    {
        return ToSeconds(m_processor->Computed());
    }

  private:
    static smkex::PathId ToPath(int path)
    {
        if (path < 1 || path > smkex::MAX_PATHS)
        {
            throw py::value_error("a path is a number from 1 to " +
                                  std::to_string(smkex::MAX_PATHS));
        }
        return static_cast<smkex::PathId>(path);
    }

    /** Each action as (kind, at, path, content); what does not apply is None. */
    static py::list ToPython(const smkex::Actions& actions)
    {
        struct Visitor
        {
            py::tuple operator()(const smkex::SendBytes& a) const
            {
                return py::make_tuple("send", ToSeconds(a.at), a.path, ::ToPython(a.bytes));
            }

            py::tuple operator()(const smkex::Accept& a) const
            {
                return py::make_tuple("accept", ToSeconds(a.at), py::none(), py::none());
            }

            py::tuple operator()(const smkex::Deliver& a) const
            {
                return py::make_tuple("deliver",
                                      ToSeconds(a.at),
                                      py::none(),
                                      ::ToPython(a.plaintext));
            }

            py::tuple operator()(const smkex::Fail& a) const
            {
                return py::make_tuple("fail",
                                      ToSeconds(a.at),
                                      py::none(),
                                      py::str(smkex::NameOf(a.reason)));
            }
        };

        py::list list;
        for (const smkex::Action& action : actions)
        {
            list.append(std::visit(Visitor{}, action));
        }
        return list;
    }

    std::shared_ptr<const smkex::CostProfile> m_costs;
    std::unique_ptr<smkex::RandomSource> m_random;
    std::unique_ptr<smkex::NormalSource> m_normals;
    std::unique_ptr<smkex::Processor> m_processor;
    std::unique_ptr<smkex::Engine> m_engine;
};

} // namespace

void
BindEngines(py::module_& module)
{
    py::class_<Endpoint>(module, "Endpoint")
        .def(py::init<const std::string&,
                      const std::string&,
                      int,
                      const std::string&,
                      const std::string&,
                      const std::string&>(),
             py::arg("protocol"),
             py::arg("role"),
             py::arg("paths"),
             py::arg("group"),
             py::arg("seed"),
             py::arg("costs"))
        .def("on_start", &Endpoint::OnStart)
        .def("on_path_up", &Endpoint::OnPathUp)
        .def("on_bytes", &Endpoint::OnBytes)
        .def("on_path_down", &Endpoint::OnPathDown)
        .def("on_timeout", &Endpoint::OnTimeout)
        .def("send", &Endpoint::Send)
        .def_property_readonly("accepted", &Endpoint::IsAccepted)
        .def_property_readonly("failure", &Endpoint::FailureReason)
        .def_property_readonly("session_key", &Endpoint::SessionKey)
        .def_property_readonly("computed_s", &Endpoint::ComputedSeconds);
}
