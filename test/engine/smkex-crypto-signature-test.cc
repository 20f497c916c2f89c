/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-crypto.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

KeyPair
SignerOf(const std::string& privateKey)
{
    ScriptedRandomSource random(FromHex(privateKey));
    return GenerateSigningKeyPair(random);
}

/** Adds the group's order to the scalar of a signature: the same point, a second form. */
Bytes
WithOrderAdded(Bytes signature)
{
    const Bytes order = FromHex("edd3f55c1a631258d69cf7a2def9de14" + std::string(30, '0') + "10");
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        carry += signature[32 + i] + order[i];
        signature[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return signature;
}

class KnownSignaturesCase : public TestCase
{
  public:
    KnownSignaturesCase()
        : TestCase("Ed25519 signs as in RFC 8032, 7.1")
    {
    }

  private:
    void Expect(const std::string& privateKey,
                const std::string& publicKey,
                const std::string& message,
                const std::string& signature)
    {
        const KeyPair signer = SignerOf(privateKey);
        NS_TEST_EXPECT_MSG_EQ(ToHex(signer.publicKey), publicKey, "public key");
        NS_TEST_EXPECT_MSG_EQ(ToHex(SignEd25519(signer, FromHex(message))), signature, "signature");
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(signer.publicKey, FromHex(message), FromHex(signature)),
                              true,
                              "holds");
    }

    void DoRun() override
    {
        Expect("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
               "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
               "",
               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc6"
               "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        Expect("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
               "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
               "72",
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45"
               "8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    }
};

class ChangedSignatureCase : public TestCase
{
  public:
    ChangedSignatureCase()
        : TestCase("No changed message, signature or key holds, nor a second form of a right one")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource random(Digest{11});
        const KeyPair signer = GenerateSigningKeyPair(random);
        const Bytes message = random.Draw(50);
        const Bytes signature = SignEd25519(signer, message);
        const Bytes& key = signer.publicKey;
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(key, message, signature), true, "unchanged");
        for (std::size_t i = 0; i < 8 * message.size(); ++i)
        {
            Bytes changed = message;
            changed[i / 8] ^= static_cast<std::uint8_t>(1U << i % 8);
            NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(key, changed, signature), false, "message " << i);
        }
        for (std::size_t i = 0; i < 8 * signature.size(); ++i)
        {
            Bytes changed = signature;
            changed[i / 8] ^= static_cast<std::uint8_t>(1U << i % 8);
            NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(key, message, changed), false, "signature " << i);
        }
        for (std::size_t i = 0; i < 8 * key.size(); ++i)
        {
            Bytes changed = key;
            changed[i / 8] ^= static_cast<std::uint8_t>(1U << i % 8);
            NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(changed, message, signature), false, "key " << i);
        }
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(key, message, WithOrderAdded(signature)),
                              false,
                              "the order added to the scalar");
        for (const std::size_t size : {0, 32, 63, 65, 128})
        {
            Bytes changed = signature;
            changed.resize(size, 0);
            NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(key, message, changed), false, size << " octets");
        }
        for (const std::size_t size : {0, 31, 33})
        {
            Bytes changed = key;
            changed.resize(size, 0);
            NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(changed, message, signature),
                                  false,
                                  "key " << size);
        }
    }
};

class CanonicalKeyCase : public TestCase
{
  public:
    CanonicalKeyCase()
        : TestCase("A key counts in its canonical form only")
    {
    }

  private:
    void DoRun() override
    {
        // Under the neutral element as key, whose multiples are all itself, the neutral element
        // and the scalar 0 sign anything: what is left to refuse it is the form of the key.
        const std::string zeros(60, '0');
        const std::string high(60, 'f');
        const Bytes message(3, 'm');
        const Bytes signature = FromHex("01" + zeros + "00" + "00" + zeros + "00");
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(FromHex("01" + zeros + "00"), message, signature),
                              true,
                              "y = 1");
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(FromHex("01" + zeros + "80"), message, signature),
                              false,
                              "y = 1, x = -0");
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(FromHex("ee" + high + "7f"), message, signature),
                              false,
                              "y = p + 1");
        NS_TEST_EXPECT_MSG_EQ(VerifyEd25519(FromHex("ee" + high + "ff"), message, signature),
                              false,
                              "y = p + 1, x = -0");
        // The point (0, -1) has order 2: for every other message it does the same.
        unsigned plain = 0;
        unsigned negative = 0;
        for (std::uint8_t i = 0; i < 32; ++i)
        {
            plain += VerifyEd25519(FromHex("ec" + high + "7f"), Bytes{i}, signature);
            negative += VerifyEd25519(FromHex("ec" + high + "ff"), Bytes{i}, signature);
        }
        NS_TEST_EXPECT_MSG_GT(plain, 0, "y = -1");
        NS_TEST_EXPECT_MSG_EQ(negative, 0, "y = -1, x = -0");
    }
};

class SignatureSuite : public TestSuite
{
  public:
    SignatureSuite()
        : TestSuite("smkex-crypto-signature", UNIT)
    {
        AddTestCase(new KnownSignaturesCase, TestCase::QUICK);
        AddTestCase(new ChangedSignatureCase, TestCase::QUICK);
        AddTestCase(new CanonicalKeyCase, TestCase::QUICK);
    }
};

const SignatureSuite g_signatureSuite;

} // namespace
