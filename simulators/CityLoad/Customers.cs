using System.Globalization;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>Who pays.</summary>
/// <param name="Method">How.</param>
/// <param name="Name">The provider's name for the payer; empty where there is no provider's bill.</param>
internal sealed record Payer(PaymentMethod Method, string Name);

/// <summary>
/// The people who buy at one cabinet: regulars who come again, and passers-by who do not. Names are pseudonyms as
/// the providers' bills show them, made by chance. Not thread-safe.
/// </summary>
internal sealed class Customers
{
    private const int RegularBasisPoints = 4_000;
    private const int WeChatRegulars = 30;
    private const int AlipayRegulars = 16;
    private const int UnionPayRegulars = 6;

    /// <summary>Passers-by are numbered from here on; below are the regulars.</summary>
    private const int FirstPasserBy = 1_000;

    /// <summary>Regulars that buy for a household or an office now and then have numbers from here on.</summary>
    private const int FirstBulkBuyer = 100;

    private const int BulkBuyers = 8;
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly string[] MobilePrefixes =
        ["135", "136", "137", "138", "139", "150", "151", "152", "157", "158", "159", "182", "183", "187", "188"];

    private static readonly string[] CardPrefixes = ["621700", "622202", "621661", "622848", "621799", "623668"];

    private readonly Chance _chance;
    private readonly ulong _city;
    private int _passersBy = FirstPasserBy;

    /// <summary>The customers of one cabinet.</summary>
    /// <param name="cabinet">The cabinet.</param>
    /// <param name="seed">The load's seed.</param>
    /// <param name="chance">Who comes next.</param>
    public Customers(PlannedCabinet cabinet, ulong seed, Chance chance)
    {
        _chance = chance;
        _city = Chance.Mix(Chance.Mix(seed) + (ulong)cabinet.Number);
    }

    /// <summary>Whoever comes next, paying in any way.</summary>
    public Payer Next()
    {
        var roll = _chance.Below(100);
        return roll < 58 ? Someone(PaymentMethod.WeChat, WeChatRegulars)
            : roll < 88 ? Someone(PaymentMethod.Alipay, AlipayRegulars)
            : roll < 94 ? Someone(PaymentMethod.UnionPay, UnionPayRegulars)
            : new Payer(roll < 97 ? PaymentMethod.Cash : roll < 99 ? PaymentMethod.Card : PaymentMethod.Other, "");
    }

    /// <summary>A regular who buys for many.</summary>
    public Payer BulkBuyer() => Known(PaymentMethod.WeChat, FirstBulkBuyer + _chance.Below(BulkBuyers));

    /// <summary>Somebody who pays by telephone and never came before.</summary>
    public Payer Stranger() =>
        Known(_chance.Hits(6_500) ? PaymentMethod.WeChat : PaymentMethod.Alipay, _passersBy++);

    private Payer Someone(PaymentMethod method, int regulars) => Known(
        method, _chance.Hits(RegularBasisPoints) ? _chance.Below(regulars) : _passersBy++);

    private Payer Known(PaymentMethod method, int number)
    {
        var person = new Chance(_city, (ulong)number);
        return new Payer(method, method switch
        {
            PaymentMethod.WeChat => WeChatName(person),
            PaymentMethod.Alipay => $"{person.Pick(MobilePrefixes)}****{LastDigits(person)}",
            _ => $"{person.Pick(CardPrefixes)}*********{LastDigits(person)}",
        });
    }

    /// <summary>28 characters beginning with o, as an openid.</summary>
    private static string WeChatName(Chance person) => string.Create(28, person, static (name, chance) =>
    {
        name[0] = 'o';
        foreach (ref var character in name[1..])
        {
            character = Base64[chance.Below(Base64.Length)];
        }
    });

    private static string LastDigits(Chance person) =>
        person.Below(10_000).ToString("0000", CultureInfo.InvariantCulture);
}
