/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-ns3-defaults.h"

#include "smkex-option-values.h"

#include "ns3/config.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cstdint>
#include <set>

namespace ns3
{

namespace
{

/** Drops a sign, which ns-3's readers take in front of a number. */
std::string
WithoutSign(const std::string& text)
{
    return text.empty() || (text[0] != '-' && text[0] != '+') ? text : text.substr(1);
}

bool
IsTime(const std::string& text)
{
    const std::size_t unit = text.find_first_not_of("+-0123456789.");
    static const std::set<std::string>
        units{"", "s", "ms", "us", "ns", "ps", "fs", "min", "h", "d", "y"};
    return ReadDecimal(WithoutSign(text.substr(0, unit))) &&
           units.count(unit == std::string::npos ? "" : text.substr(unit)) != 0;
}

/** ns-3 ends the program on some texts that are no values of the type, so they are read before. */
bool
IsReadable(const std::string& type, const std::string& text)
{
    if (type == "ns3::UintegerValue")
    {
        return ReadNumber(text, UINT64_MAX).has_value();
    }
    if (type == "ns3::IntegerValue")
    {
        return ReadNumber(WithoutSign(text), INT64_MAX).has_value();
    }
    if (type == "ns3::DoubleValue")
    {
        return ReadDecimal(WithoutSign(text)).has_value();
    }
    if (type == "ns3::TimeValue")
    {
        return IsTime(text);
    }
    // Objects and functions have no text form.
    return type != "ns3::PointerValue" && type != "ns3::CallbackValue" &&
           type != "ns3::ObjectPtrContainerValue";
}

bool
IsValue(const Ptr<const AttributeChecker>& checker, const std::string& text)
{
    return IsReadable(checker->GetValueTypeName(), text) &&
           checker->CreateValidValue(StringValue(text));
}

bool
HasOwnAttribute(TypeId type, const std::string& name)
{
    for (std::size_t i = 0; i < type.GetAttributeN(); ++i)
    {
        if (type.GetAttribute(i).name == name)
        {
            return true;
        }
    }
    return false;
}

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
    TypeId owner = type;
    while (!HasOwnAttribute(owner, attribute.name))
    {
        owner = owner.GetParent();
    }
    if (owner != type)
    {
        return "is an attribute of " + owner.GetName() + ", whose default can be set";
    }
    if (!IsValue(attribute.checker, value))
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
    if (name == "SimulatorImplementationType")
    {
        return "is fixed: experiments run on ns-3's ordinary simulator";
    }
    if (!IsValue((*global)->GetChecker(), value))
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
