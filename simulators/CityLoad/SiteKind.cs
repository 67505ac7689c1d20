namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// The kinds of site that the city's plan names; its list is open, these nine are what the load uses.
/// </summary>
internal enum SiteKind
{
    /// <summary>机关事业单位.</summary>
    GovernmentBody,

    /// <summary>开发区.</summary>
    DevelopmentZone,

    /// <summary>国有企业.</summary>
    StateEnterprise,

    /// <summary>民营企业.</summary>
    PrivateEnterprise,

    /// <summary>社区.</summary>
    Community,

    /// <summary>学校; closed at weekends.</summary>
    School,

    /// <summary>医院; open all night.</summary>
    Hospital,

    /// <summary>车站; busy until late.</summary>
    Station,

    /// <summary>景区景点; busiest at weekends.</summary>
    ScenicSpot,
}
