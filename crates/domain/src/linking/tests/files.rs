//! Files good and bad.

use super::*;

fn read(text: &str) -> (Vec<Seen>, Vec<String>) {
    let mut seen = Vec::new();
    let faults = read_observations(text.as_bytes(), |o| {
        seen.push(Seen {
            id: o.employee_id.into(),
            at: o.at,
            declared: o.declared,
            address: o.address,
            class: o.class,
            fix: o.fix,
            device: o.device_key.map(str::to_owned),
            lan: o.lan_id.map(str::to_owned),
            delivery: o.delivery.map(str::to_owned),
            payroll: o.payroll.map(str::to_owned),
        });
    });
    (seen, faults.unwrap().iter().map(ToString::to_string).collect())
}

#[test]
fn a_full_row_and_an_empty_one_are_read() {
    let (seen, faults) = read(
        "employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id\n\
         e1,2026-06-01T02:00:00+02:00,52.0004,8.0004,203.0.113.5,mobile,AS64500,48.0004,11.0004,20,key,net\n\
         e2,2026-06-01T00:00:00Z,,,,,,,,,,\n",
    );
    assert_eq!(faults, Vec::<String>::new());
    let full = life("e1").declares(NORTH).on([0], |s| {
        s.line("203.0.113.5").class(AccessClass::Mobile).spot(SOUTH).device("key").lan("net")
    });
    assert_eq!(seen[0], Seen { at: START, ..full.seen[0].clone() });
    assert_eq!(seen[1], Seen { at: START, ..life("e2").on([0], |s| s).seen[0].clone() });
}

#[test]
fn a_spreadsheet_with_semicolons_and_decimal_commas_is_read_and_columns_may_be_absent() {
    let (seen, faults) =
        read("\u{feff}at;employee_id;lat;lon\r\n2026-06-01T00:00:00Z;e1;48,0004;11,0004\r\n");
    assert_eq!(faults, Vec::<String>::new());
    let expected = Fix { point: place(SOUTH.0, SOUTH.1).unwrap(), accuracy_metres: None };
    assert_eq!((seen.len(), seen[0].fix), (1, Some(expected)));
    assert!(!expected.is_precise(), "an unknown accuracy is not a good one");
}

#[test]
fn every_fault_is_named_with_line_column_and_what_is_accepted() {
    let (seen, faults) = read(
        "employee_id,at,ip,ip_class,asn,lat,lon,accuracy_m\n\
         e1,2026-06-01T00:00:00Z,203.0.113.5,,,,,\n\
         e2,2026-06-01,203.0.113.500,home,ASX,91,,-1\n\
         ,2026-06-01 00:00,,,,,,\n\
         e 3,1969-12-31T23:59:59Z,,,4294967296,,181,\n",
    );
    assert_eq!(seen.len(), 1);
    let expected = [
        "line 3, column at: `2026-06-01` is not an instant from 1970 to 2199; accepted: date, time and offset",
        "line 3, column ip: `203.0.113.500` is not an address; accepted: an IPv4 or IPv6",
        "line 3, column ip_class: `home` is not known; accepted: residential, business, mobile,",
        "line 3, column asn: `ASX` is not an autonomous system number",
        "line 3, column accuracy_m: -1 is out of range; accepted: a number from 0",
        "line 3, column lon: the cell is empty and `lat` is not; accepted: both degrees, or neither",
        "line 3, column lat: 91 is out of range; accepted: a number from -90 to 90",
        "line 4, column employee_id: the cell is empty",
        "line 4, column at: `2026-06-01 00:00` is not an instant",
        "line 5, column employee_id: `e 3` is not an employee id",
        "line 5, column at: `1969-12-31T23:59:59Z` is not an instant",
        "line 5, column asn: `4294967296` is not",
        "line 5, column lat: the cell is empty and `lon` is not",
        "line 5, column lon: 181 is out of range",
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (got, expected) in faults.iter().zip(expected) {
        assert!(
            got.starts_with("observations file, ") && got.contains(expected),
            "{got}\n{expected}"
        );
    }
    assert!(read("employee_id\n").1[0].contains("the column `at` is missing"));
    assert!(read("").1[0].contains("line 1: the file is empty"));
    assert_eq!(read("employee_id,at\n"), (vec![], vec![]), "nobody was seen, which is no fault");
}

#[test]
fn sites_are_read_and_what_is_wrong_with_them_is_named() {
    let text = "site_id,kind,lat,lon,radius_m,ip\n\
        hq,office,50.0004,4.0004,150,203.0.113.0/28; 2001:db8:5::/48\n\
        vpn,corporate_egress,,,,198.51.100.7\n";
    let sites = read_sites(text.as_bytes()).unwrap();
    assert_eq!(sites.len(), 2);
    assert_eq!(sites[0].area, place(WEST.0, WEST.1).map(|p| (p, 150.0)));
    assert_eq!((sites[0].networks.len(), sites[1].networks.len()), (2, 1));
    assert_eq!((sites[1].kind, sites[1].area), (SiteKind::CorporateEgress, None));
    let text = "site_id,kind,lat,lon,radius_m,ip\n\
        a,home,,,,10.0.0.0/8\na,office,,,,10.0.0.0/33\nb,office,50,4,,\nc,office,,,10,\nd,coworking,,,,\n";
    let faults = read_sites(text.as_bytes()).unwrap_err();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let expected = [
        "line 2, column kind: `home` is not known; accepted: office, coworking, corporate_egress",
        "line 3, column ip: `10.0.0.0/33` is not a network; accepted: networks as CIDR",
        "line 4, column radius_m: the place has no radius",
        "line 5, column lat: a radius without a place",
        "line 6, column ip: the site has neither networks nor a place",
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (got, expected) in faults.iter().zip(expected) {
        assert!(got.starts_with("sites file, ") && got.contains(expected), "{got}\n{expected}");
    }
}
