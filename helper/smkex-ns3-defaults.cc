/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-ns3-defaults.h"

#include "ns3/config.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>

namespace ns3
{

namespace
{

std::string
CheckAttribute(const std::string& name, std::size_t separator, const std::string& value)
{
    TypeId type;
    TypeId::AttributeInformation attribute;
    if (!TypeId::LookupByNameFailSafe(name.substr(0, separator), &type) ||
        !type.LookupAttributeByName(name.substr(separator + 2), &attribute))
    {
        return "is no attribute that ns-3 knows; see --PrintAttributes=TYPE";
    }
    if (!attribute.checker->CreateValidValue(StringValue(value)))
    {
        return "is '" + value + "', which is no value of this ns-3 attribute";
    }
    return "";
}

} // namespace

std::string
CheckNs3Default(const std::string& name, const std::string& value)
{
    const std::size_t separator = name.rfind("::");
    if (separator != std::string::npos)
    {
        return CheckAttribute(name, separator, value);
    }
    const auto global = std::find_if(GlobalValue::Begin(),
                                     GlobalValue::End(),
                                     [&name](GlobalValue* g) { return g->GetName() == name; });
    if (global == GlobalValue::End())
    {
        return "is no option; --help lists them";
    }
    if (name == "RngSeed" || name == "RngRun")
    {
        return "is set by --seed and --run";
    }
    if (!(*global)->GetChecker()->CreateValidValue(StringValue(value)))
    {
        return "is '" + value + "', which is no value of this ns-3 global value";
    }
    return "";
}

void
SetNs3Default(const std::string& name, const std::string& value)
{
    if (name.find("::") != std::string::npos)
    {
        Config::SetDefault(name, StringValue(value));
    }
    else
    {
        Config::SetGlobal(name, StringValue(value));
    }
}

} // namespace ns3
