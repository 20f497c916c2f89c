/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-router-topology.h"

#include "smkex-byte-source.h"
#include "smkex-input-error.h"
#include "smkex-text-file.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <libxml/parser.h>
#include <map>
#include <memory>

namespace smkex
{

namespace
{

constexpr double PI = 3.14159265358979323846;

double
Radians(double degrees)
{
    return degrees * PI / 180;
}

/** Data of a node, edge or graph by the names of their keys, and the line it stands on. */
struct Element
{
    std::map<std::string, std::string> data;
    std::map<std::string, std::string> attributes;
    std::size_t line;

    const std::string* Find(const std::string& name) const
    {
        const auto found = data.find(name);
        return found == data.end() ? nullptr : &found->second;
    }
};

/** A GraphML file taken apart; what its parts mean is not known here. */
class GraphmlFile
{
  public:
    explicit GraphmlFile(const std::string& path)
        : m_path(path)
    {
        const std::string text = ReadAll();
        const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> parser(xmlNewParserCtxt(),
                                                                                &xmlFreeParserCtxt);
        const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> document(
            xmlCtxtReadMemory(parser.get(),
                              text.data(),
                              static_cast<int>(text.size()),
                              nullptr,
                              nullptr,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
            &xmlFreeDoc);
        if (!document)
        {
            const xmlError* error = xmlCtxtGetLastError(parser.get());
            std::string reason = error && error->message ? error->message : "no XML";
            reason.erase(std::min(reason.find_last_not_of(" \n") + 1, reason.find('\n')));
            Fail(error ? error->line : 0, "this is not well-formed XML: " + reason);
        }
        const xmlNode* root = xmlDocGetRootElement(document.get());
        if (NameOf(root) != "graphml")
        {
            Fail(xmlGetLineNo(root), "expected a <graphml> element, found <" + NameOf(root) + ">");
        }
        const xmlNode* graphElement = nullptr;
        for (const xmlNode* child = root->children; child; child = child->next)
        {
            if (NameOf(child) == "key")
            {
                m_keys[Attribute(child, "id")] = Attribute(child, "attr.name");
            }
            else if (NameOf(child) == "graph" && !graphElement)
            {
                graphElement = child;
            }
        }
        if (!graphElement)
        {
            Fail(xmlGetLineNo(root), "there is no <graph> in it");
        }
        graph = Read(graphElement);
        for (const xmlNode* child = graphElement->children; child; child = child->next)
        {
            if (NameOf(child) == "node")
            {
                nodes.push_back(Read(child));
            }
            else if (NameOf(child) == "edge")
            {
                edges.push_back(Read(child));
            }
        }
    }

    [[noreturn]] void Fail(std::size_t line, const std::string& reason) const
    {
        throw InputError(m_path, line, reason);
    }

    /** A finite number in [least, most]; nothing where the element does not say. */
    std::optional<double> Number(const Element& element,
                                 const std::string& name,
                                 double least,
                                 double most) const
    {
        const std::string* text = element.Find(name);
        if (!text)
        {
            return std::nullopt;
        }
        char* end = nullptr;
        const double value = std::strtod(text->c_str(), &end);
        if (text->empty() || *end != '\0' || !(value >= least && value <= most))
        {
            Fail(element.line, name + " " + Quoted(*text) + " is no number in its range");
        }
        return value;
    }

    Element graph;
    std::vector<Element> nodes;
    std::vector<Element> edges;

  private:
    std::string ReadAll()
    {
        constexpr std::size_t MOST = 1 << 28;
        std::string text;
        try
        {
            const auto source = OpenByteSource(m_path);
            std::string buffer(1 << 16, '\0');
            while (const std::size_t count = source->Read(buffer.data(), buffer.size()))
            {
                text.append(buffer, 0, count);
                if (text.size() > MOST)
                {
                    Fail(0, "it has more than " + std::to_string(MOST) + " bytes");
                }
            }
        }
        catch (const ByteSourceError& error)
        {
            Fail(0, error.what());
        }
        if (text.empty())
        {
            Fail(0, "it is empty");
        }
        return text;
    }

    static std::string NameOf(const xmlNode* node)
    {
        return node->type == XML_ELEMENT_NODE ? reinterpret_cast<const char*>(node->name) : "";
    }

    static std::string TextOf(xmlChar* text)
    {
        const std::unique_ptr<xmlChar, void (*)(void*)> owned(text, xmlFree);
        return text ? reinterpret_cast<const char*>(text) : "";
    }

    static std::string Attribute(const xmlNode* node, const char* name)
    {
        return TextOf(xmlGetProp(node, reinterpret_cast<const xmlChar*>(name)));
    }

    Element Read(const xmlNode* node) const
    {
        Element element;
        element.line = xmlGetLineNo(node);
        for (const char* name : {"id", "source", "target"})
        {
            element.attributes[name] = Attribute(node, name);
        }
        for (const xmlNode* child = node->children; child; child = child->next)
        {
            if (NameOf(child) == "data")
            {
                const auto key = m_keys.find(Attribute(child, "key"));
                if (key == m_keys.end())
                {
                    Fail(xmlGetLineNo(child),
                         "no <key> declares data " + Quoted(Attribute(child, "key")));
                }
                element.data[key->second] = TextOf(xmlNodeGetContent(child));
            }
        }
        return element;
    }

    std::string m_path;
    std::map<std::string, std::string> m_keys; //!< attribute name by key id
};

/**
 * Puts nodes without coordinates amid their neighbours, nodes next to placed ones first.
 *
 * \param placed whether each node has a place
 * \return the first node that can be put nowhere, or the number of nodes
 */
std::size_t
PlaceAmidNeighbours(RouterTopology& topology, std::vector<bool> placed)
{
    struct Vector
    {
        double x{0};
        double y{0};
        double z{0};
    };

    for (bool progress = true; progress;)
    {
        progress = false;
        std::vector<Vector> sums(placed.size());
        const auto add = [&](std::size_t to, std::size_t from) {
            const Coordinates& place = topology.nodes[from].place;
            const double latitude = Radians(place.latitude);
            const double longitude = Radians(place.longitude);
            if (!placed[to] && placed[from])
            {
                sums[to].x += std::cos(latitude) * std::cos(longitude);
                sums[to].y += std::cos(latitude) * std::sin(longitude);
                sums[to].z += std::sin(latitude);
            }
        };
        for (const RouterTopology::Link& link : topology.links)
        {
            add(link.a, link.b);
            add(link.b, link.a);
        }
        for (std::size_t i = 0; i < placed.size(); ++i)
        {
            const auto& [x, y, z] = sums[i];
            if (!placed[i] && (x != 0 || y != 0 || z != 0))
            {
                topology.nodes[i].place = {std::atan2(z, std::hypot(x, y)) * 180 / PI,
                                           std::atan2(y, x) * 180 / PI};
                placed[i] = true;
                progress = true;
            }
        }
    }
    std::size_t lost = 0;
    while (lost < placed.size() && placed[lost])
    {
        ++lost;
    }
    return lost;
}

} // namespace

double
GreatCircleKm(const Coordinates& a, const Coordinates& b)
{
    constexpr double EARTH_RADIUS_KM = 6371.0088; // mean radius (IUGG)
    const double latitudeOfA = Radians(a.latitude);
    const double latitudeOfB = Radians(b.latitude);
    const double sinLatitude = std::sin((latitudeOfB - latitudeOfA) / 2);
    const double sinLongitude = std::sin(Radians(b.longitude - a.longitude) / 2);
    const double haversine = sinLatitude * sinLatitude + std::cos(latitudeOfA) *
                                                             std::cos(latitudeOfB) * sinLongitude *
                                                             sinLongitude;
    return 2 * EARTH_RADIUS_KM * std::asin(std::sqrt(std::min(1.0, haversine)));
}

std::int64_t
FibreLatencyNs(double km)
{
    constexpr double LIGHT_KM_PER_NS = 299792.458e-9;
    return std::llround(km / (LIGHT_KM_PER_NS * 2 / 3));
}

std::size_t
RouterTopology::Find(const std::string& nameOrId, const std::string& option) const
{
    std::vector<std::size_t> named;
    std::size_t withId = nodes.size();
    for (std::size_t i = 0; i < nodes.size(); ++i)
    {
        if (nodes[i].name == nameOrId)
        {
            named.push_back(i);
        }
        if (nodes[i].id == nameOrId)
        {
            withId = i;
        }
    }
    if (named.size() > 1)
    {
        std::string ids;
        for (std::size_t i : named)
        {
            ids += (ids.empty() ? "" : ", ") + nodes[i].id;
        }
        throw InputError(option,
                         0,
                         "several nodes of " + name + " are named " + Quoted(nameOrId) +
                             ": take one of their ids, " + ids);
    }
    if (named.empty() && withId == nodes.size())
    {
        throw InputError(option, 0, name + " has no node " + Quoted(nameOrId));
    }
    return named.empty() ? withId : named.front();
}

RouterTopology
ReadTopologyZoo(const std::string& path)
{
    const GraphmlFile file(path);
    RouterTopology topology;
    const std::string* network = file.graph.Find("Network");
    const std::string* label = file.graph.Find("label");
    topology.name = network ? *network : label ? *label : path;

    std::map<std::string, std::size_t> byId;
    std::vector<bool> placed;
    for (const Element& node : file.nodes)
    {
        const std::string& id = node.attributes.at("id");
        if (id.empty() || !byId.emplace(id, topology.nodes.size()).second)
        {
            file.Fail(node.line, "a node needs an id of its own, found " + Quoted(id));
        }
        const auto latitude = file.Number(node, "Latitude", -90, 90);
        const auto longitude = file.Number(node, "Longitude", -180, 180);
        placed.push_back(latitude && longitude);
        const std::string* name = node.Find("label");
        topology.nodes.push_back({id,
                                  name && !name->empty() ? *name : id,
                                  {latitude.value_or(0), longitude.value_or(0)},
                                  !placed.back()});
    }
    for (const Element& edge : file.edges)
    {
        const auto end = [&](const char* attribute) {
            const auto found = byId.find(edge.attributes.at(attribute));
            if (found == byId.end())
            {
                file.Fail(edge.line,
                          std::string("the edge's ") + attribute +
                              " is no node of the file: " + Quoted(edge.attributes.at(attribute)));
            }
            return found->second;
        };
        const std::size_t a = end("source");
        const std::size_t b = end("target");
        const auto rate = file.Number(edge, "LinkSpeedRaw", 1, 1e18);
        if (a != b)
        {
            topology.links.push_back({a, b, 0, 0, rate});
        }
    }
    if (topology.nodes.empty() || topology.links.empty())
    {
        file.Fail(file.graph.line, "the graph has no nodes or no links between them");
    }
    const std::size_t lost = PlaceAmidNeighbours(topology, placed);
    if (lost < topology.nodes.size())
    {
        file.Fail(file.nodes[lost].line,
                  "node " + Quoted(topology.nodes[lost].name) +
                      " has no coordinates, and no neighbour to take any from");
    }
    for (RouterTopology::Link& link : topology.links)
    {
        link.km = GreatCircleKm(topology.nodes[link.a].place, topology.nodes[link.b].place);
        link.latencyNs = FibreLatencyNs(link.km);
    }
    return topology;
}

} // namespace smkex
